// calamine-peer range|stream FILE|DIR: reads the first sheet of each workbook and prints what it saw as
// "files rows cells dates bytes" (rows with content, filled cells, dates among them, bytes of text).
// range: the whole sheet, as most programs use calamine. stream: cell by cell, the least it can do (.xlsx only).
use calamine::{Data, DataRef, Reader, Xlsx, open_workbook, open_workbook_auto};
use std::path::{Path, PathBuf};

#[derive(Default)]
struct Seen {
    rows: usize,
    cells: usize,
    dates: usize,
    bytes: usize,
}

fn range(path: &Path, seen: &mut Seen) {
    let mut book = open_workbook_auto(path).expect("open");
    let sheet = book.worksheet_range_at(0).expect("a sheet").expect("read");
    for row in sheet.rows() {
        let before = seen.cells;
        for cell in row {
            match cell {
                Data::Empty => continue,
                Data::DateTime(_) | Data::DateTimeIso(_) => seen.dates += 1,
                Data::String(text) => seen.bytes += text.len(),
                _ => {}
            }
            seen.cells += 1;
        }
        seen.rows += usize::from(seen.cells > before);
    }
}

fn stream(path: &Path, seen: &mut Seen) {
    let mut book: Xlsx<_> = open_workbook(path).expect("open");
    let name = book.sheet_names()[0].clone();
    let mut cells = book.worksheet_cells_reader(&name).expect("a sheet");
    let mut last = None;
    while let Some(cell) = cells.next_cell().expect("read") {
        match cell.get_value() {
            DataRef::Empty => continue,
            DataRef::DateTime(_) | DataRef::DateTimeIso(_) => seen.dates += 1,
            DataRef::String(text) => seen.bytes += text.len(),
            DataRef::SharedString(text) => seen.bytes += text.len(),
            _ => {}
        }
        seen.cells += 1;
        let row = cell.get_position().0;
        if last != Some(row) {
            seen.rows += 1;
            last = Some(row);
        }
    }
}

fn walk(path: &Path, files: &mut Vec<PathBuf>) {
    if !path.is_dir() {
        files.push(path.to_path_buf());
        return;
    }
    for entry in std::fs::read_dir(path).expect("list") {
        walk(&entry.expect("list").path(), files);
    }
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let read = match args[1].as_str() {
        "range" => range,
        "stream" => stream,
        other => panic!("no way of reading called {other}"),
    };
    let mut files = Vec::new();
    walk(Path::new(&args[2]), &mut files);
    files.sort();
    let mut seen = Seen::default();
    for file in &files {
        read(file, &mut seen);
    }
    println!("{} {} {} {} {}", files.len(), seen.rows, seen.cells, seen.dates, seen.bytes);
}

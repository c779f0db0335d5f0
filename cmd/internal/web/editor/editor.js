// The editor of 查询: CodeMirror over the page's text area, which stays what the form sends. It completes the names of
// tables and columns, Chinese ones also by the first letters of their sounds (wttz: 问题台账).
import { EditorView, keymap, drawSelection, placeholder, highlightSpecialChars } from "@codemirror/view";
import { EditorState, Prec } from "@codemirror/state";
import { history, historyKeymap, defaultKeymap } from "@codemirror/commands";
import { autocompletion, completionKeymap, acceptCompletion, closeBrackets, closeBracketsKeymap, startCompletion } from "@codemirror/autocomplete";
import { StreamLanguage, syntaxHighlighting, HighlightStyle, bracketMatching } from "@codemirror/language";
import { tags } from "@lezer/highlight";

const words = ("select from where group by order having limit offset join left right full inner cross on using as and or not in is null like ilike between exists case when then else end " +
  "distinct union all except intersect with recursive asc desc nulls first last over partition filter qualify true false values cast interval date timestamp").split(" ");
const functions = ("count sum avg min max median round coalesce nullif abs length lower upper trim substr replace concat string_agg list date_trunc date_part date_diff year month week day " +
  "strftime strptime row_number rank dense_rank lag lead first_value last_value greatest least regexp_matches regexp_extract current_date").split(" ");
const isWord = new Set(words), isFunction = new Set(functions);

// rest goes on within a comment or quotes, which may go over several lines.
function rest(stream, state) {
  if (state.inside === "comment") {
    if (stream.skipTo("*/")) { stream.match("*/"); state.inside = ""; } else stream.skipToEnd();
    return "comment";
  }
  const quote = state.inside;
  for (let c; (c = stream.next()) != null;) if (c === quote) { state.inside = ""; break; }
  return quote === "'" ? "string" : "variableName";
}

// The colours of a query's text. Names are texts of any script.
const sql = StreamLanguage.define({
  name: "sql",
  startState: () => ({ inside: "" }),
  token(stream, state) {
    if (state.inside) return rest(stream, state);
    if (stream.eatSpace()) return null;
    if (stream.match("--")) { stream.skipToEnd(); return "comment"; }
    if (stream.match("/*")) { state.inside = "comment"; return "comment"; }
    if (stream.match(/^\d+(\.\d+)?(e[+-]?\d+)?/i)) return "number";
    const word = stream.match(/^[\p{L}_][\p{L}\p{N}_]*/u);
    if (word) {
      const text = word[0].toLowerCase();
      return isWord.has(text) ? "keyword" : isFunction.has(text) ? "labelName" : "variableName";
    }
    const c = stream.next();
    if (c === "'" || c === '"') { state.inside = c; return rest(stream, state); }
    return "operator";
  },
  languageData: { commentTokens: { line: "--", block: { open: "/*", close: "*/" } }, closeBrackets: { brackets: ["(", "[", "'", '"'] } },
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "#1f4e79", fontWeight: "700" },
  { tag: tags.labelName, color: "#1e6b34" },
  { tag: tags.string, color: "#8c1d18" },
  { tag: tags.number, color: "#7a3e00" },
  { tag: tags.comment, color: "#5a5a5a" },
]);

const quoted = name => name.split(".").map(n => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(n) && !isWord.has(n.toLowerCase()) ? n : '"' + n.replaceAll('"', '""') + '"').join(".");
const bare = name => name.replaceAll('"', "");

// What is known of the publication: asked for once, when somebody begins to write.
let known, asked;
function ask(address) {
  return asked = asked || fetch(address, { credentials: "same-origin" }).then(r => r.ok ? r.json() : []).catch(() => []).then(list => known = list);
}

// mentioned are the tables that a query reads, by the names under which it does.
function mentioned(text) {
  const out = new Map();
  for (const m of text.matchAll(/\b(?:from|join)\s+([\p{L}\p{N}_."]+)(?:\s+(?:as\s+)?([\p{L}_][\p{L}\p{N}_]*))?/giu)) {
    const name = bare(m[1]), t = known.find(t => t.name === name);
    if (!t) continue;
    out.set(name.slice(name.lastIndexOf(".") + 1), t);
    if (m[2] && !isWord.has(m[2].toLowerCase())) out.set(m[2], t);
  }
  return out;
}

const tableOption = (t, boost) => ({ label: t.name, apply: quoted(t.name), type: "table", detail: t.sounds, info: t.about, boost, sounds: t.sounds });
const columnOption = (c, t, boost) => ({ label: c.name, apply: quoted(c.name), type: "column", detail: (c.sounds ? c.sounds + " " : "") + c.type, info: (t ? t.name + "：" : "") + c.about, boost, sounds: c.sounds });

function options(text, before, qualifier) {
  const read = mentioned(text);
  if (qualifier) {
    const t = read.get(qualifier) || known.find(t => t.name === qualifier);
    if (t) return t.columns.map(c => columnOption(c, t, 0));
    return known.filter(t => t.name.startsWith(qualifier + ".")).map(t => ({ ...tableOption(t, 0), label: t.name.slice(qualifier.length + 1), apply: quoted(t.name.slice(qualifier.length + 1)) }));
  }
  const tables = known.map(t => tableOption(t, t.name.includes(".") ? -1 : 1));
  if (/\b(?:from|join)\s+$/i.test(before)) return tables;
  const out = [], seen = new Map();
  const add = (t, boost) => t.columns.forEach(c => {
    const was = seen.get(c.name);
    if (was) { was.tables.push(t.name); was.info = c.name + "：在 " + was.tables.join("、") + " 里"; return; }
    const o = { ...columnOption(c, t, boost), tables: [t.name] };
    seen.set(c.name, o);
    out.push(o);
  });
  new Set(read.values()).forEach(t => add(t, 3));
  if (!read.size) known.filter(t => !t.name.includes(".")).forEach(t => add(t, 2));
  return out.concat(tables, words.map(w => ({ label: w, type: "keyword", boost: 0 })), functions.map(f => ({ label: f, apply: f + "(", type: "function", boost: 0 })));
}

// complete offers what holds the letters typed, in the name or in its sounds; what begins with them first.
const complete = address => async context => {
  const m = context.matchBefore(/(?:[\p{L}\p{N}_"]+\.)?"?[\p{L}\p{N}_]*$/u);
  if (!m || m.from === m.to && !context.explicit && !/\b(?:from|join)\s+$/i.test(context.state.sliceDoc(Math.max(0, context.pos - 40), context.pos))) return null;
  await ask(address);
  const dot = m.text.lastIndexOf("."), typed = m.text.slice(dot + 1).replace('"', "").toLowerCase();
  const from = m.from + dot + 1, before = context.state.sliceDoc(Math.max(0, from - 200), from);
  const list = [];
  for (const o of options(context.state.doc.toString(), before, dot < 0 ? "" : bare(m.text.slice(0, dot)))) {
    const name = o.label.toLowerCase(), at = Math.min(...[name.indexOf(typed), o.sounds ? o.sounds.indexOf(typed) : -1].map(i => i < 0 ? Infinity : i));
    if (at < Infinity && name !== typed) list.push({ ...o, boost: undefined, rank: (at ? 0 : 10) + o.boost });
  }
  list.sort((a, b) => b.rank - a.rank || a.label.length - b.label.length);
  return list.length ? { from, options: list.slice(0, 60), filter: false } : null;
};

function boot() {
  const area = document.querySelector("textarea[data-names]");
  if (!area) return;
  const form = area.form;
  const view = new EditorView({
    doc: area.value,
    extensions: [
      EditorView.cspNonce.of(area.dataset.nonce),
      highlightSpecialChars(), history(), drawSelection(), bracketMatching(), closeBrackets(),
      sql, syntaxHighlighting(colours), EditorView.lineWrapping, placeholder(area.placeholder),
      EditorState.phrases.of({ "Completions": "可选的名称", "Selection deleted": "已删除所选内容" }),
      EditorView.contentAttributes.of({ "aria-label": "SQL", "aria-describedby": "sql-hint", spellcheck: "false", autocapitalize: "off" }),
      autocompletion({ override: [complete(area.dataset.names)], maxRenderedOptions: 60, icons: false }),
      Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => { form.requestSubmit(); return true; } }, { key: "Tab", run: acceptCompletion }, { key: "Alt-/", run: startCompletion }])),
      keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
      EditorView.updateListener.of(u => { if (u.docChanged) { area.value = u.state.doc.toString(); area.dispatchEvent(new Event("input", { bubbles: true })); } }),
      EditorView.domEventHandlers({ focus: () => { ask(area.dataset.names); } }),
    ],
  });
  area.hidden = true;
  area.insertAdjacentElement("afterend", view.dom);
  form.querySelector("label[for=sql]").addEventListener("click", e => { e.preventDefault(); view.focus(); });
}
boot();

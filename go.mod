module taizhang

go 1.26

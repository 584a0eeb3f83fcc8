// libcsv: a streaming CSV parser.
//
// The header is plain C without variadic functions, so Swift can call all of it as it is. Only
// `CSVParser` in the target Tabular does.
#pragma once
#include <csv.h>

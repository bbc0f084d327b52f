#pragma once
// The rules on single files that are no include arrows: sizes, columns, names, how a header opens,
// banned words, paths of one machine. Each appends what it finds. Pure functions.
#include "tests/tidy/source.hpp"

namespace vault::tidy {

void check_sizes(const Source& source, std::vector<Fault>& faults);
void check_functions(const Source& source, std::vector<Fault>& faults);
void check_shape(const Source& source, std::vector<Fault>& faults);
void check_words(const Source& source, std::vector<Fault>& faults);
void check_machine(const Source& source, std::vector<Fault>& faults);

// All rules on all files, arrows and circles included.
std::vector<Fault> check_all(const std::vector<Source>& sources);

}  // namespace vault::tidy

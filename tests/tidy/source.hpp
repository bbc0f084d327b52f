#pragma once
// One file of the repository as the tidy rules see it: its lines, its code with comments and
// literals blanked (same length, so that places stay true), its comments alone, and its includes.
// Values.
#include <string>
#include <string_view>
#include <vector>

namespace vault::tidy {

struct Include {
    int line = 0;  // from 1
    std::string target;
    bool angled = false;
};

struct Source {
    std::string path;  // from the repository's root, with '/'
    std::string text;
    std::string code;      // comments, strings and characters are blanks
    std::string comments;  // everything but comments is blank
    std::vector<std::string> lines;
    std::vector<Include> includes;
};

struct Fault {
    std::string path;
    int line = 0;
    std::string rule;
    std::string message;
};

Source read_source(std::string path, std::string text);
int line_at(const Source& source, std::size_t offset);

bool is_header(const Source& source);
bool is_code(const Source& source);     // .cpp or .hpp
bool is_product(const Source& source);  // common, daemon, cli

}  // namespace vault::tidy

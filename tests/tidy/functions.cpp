#include "tests/tidy/rules.hpp"

#include <regex>

namespace vault::tidy {
namespace {

constexpr int kFunctionLines = 70;

// Blanks preprocessor lines with their continuations: their braces need not balance.
std::string without_directives(const Source& source) {
    std::string code = source.code;
    bool inside = false;
    std::size_t start = 0;
    while (start < code.size()) {
        std::size_t end = code.find('\n', start);
        if (end == std::string::npos) end = code.size();
        const std::size_t first = code.find_first_not_of(" \t", start);
        inside = inside || (first < end && code[first] == '#');
        const bool goes_on = end > start && source.text[end - 1] == '\\';
        if (inside) code.replace(start, end - start, end - start, ' ');
        inside = inside && goes_on;
        start = end + 1;
    }
    return code;
}

// Is the block that `head` opens a function's? `head` is the code since the last ; { or }.
bool opens_function(const std::string& head) {
    static const std::regex other{
        R"(^\s*(template\s*<[^{]*>\s*)?(inline\s+)?(namespace|class|struct|union|enum|extern)\b)"};
    static const std::regex control{
        R"(^\s*(\}\s*)?(else\b|if\b|for\b|while\b|switch\b|do\b|try\b|catch\b))"};
    if (head.find('(') == std::string::npos || std::regex_search(head, control)) return false;
    if (std::regex_search(head, other)) {
        // "struct Result parse(…) {" is a function all the same: it ends in its parameters.
        static const std::regex ends{R"(\)\s*(const|noexcept|override|final|->[^;]*|\s)*$)"};
        static const std::regex scope{R"(\b(namespace|extern)\b)"};
        return std::regex_search(head, ends) && !std::regex_search(head, scope);
    }
    return true;
}

}  // namespace

void check_functions(const Source& source, std::vector<Fault>& faults) {
    if (!is_code(source)) return;
    const std::string code = without_directives(source);
    struct Block {
        std::size_t open;
        bool function;
    };
    std::vector<Block> blocks;
    int functions_open = 0;
    std::size_t head = 0;
    int parens = 0;
    for (std::size_t i = 0; i < code.size(); ++i) {
        const char c = code[i];
        if (c == '(') ++parens;
        if (c == ')') --parens;
        if (c == ';' && parens == 0) head = i + 1;
        if (c == '{') {
            const bool function =
                functions_open == 0 && opens_function(code.substr(head, i - head));
            blocks.push_back({i, function});
            functions_open += function ? 1 : 0;
            head = i + 1;
        }
        if (c != '}' || blocks.empty()) continue;
        const Block block = blocks.back();
        blocks.pop_back();
        head = i + 1;
        if (!block.function) continue;
        --functions_open;
        const int first = line_at(source, block.open);
        const int lines = line_at(source, i) - first + 1;
        if (lines > kFunctionLines)
            faults.push_back(
                {source.path, first, "function", std::to_string(lines) + " lines, at most 70"});
    }
}

}  // namespace vault::tidy

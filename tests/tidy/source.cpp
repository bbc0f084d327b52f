#include "tests/tidy/source.hpp"

#include <algorithm>
#include <cctype>
#include <regex>
#include <sstream>

namespace vault::tidy {
namespace {

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Copies the text into `code` or `comments`, character by character.
class Splitter {
  public:
    Splitter(const std::string& text, Source& out) : text_(text), out_(out) {
        out_.code.assign(text.size(), ' ');
        out_.comments.assign(text.size(), ' ');
        for (std::size_t i = 0; i < text.size(); ++i)
            if (text[i] == '\n') out_.code[i] = out_.comments[i] = '\n';
    }

    void run() {
        while (at_ < text_.size()) {
            if (starts("//"))
                comment(text_.find('\n', at_));
            else if (starts("/*"))
                comment(past(text_.find("*/", at_ + 2), 2));
            else if (text_[at_] == '"')
                string();
            else if (text_[at_] == '\'' && (at_ == 0 || !is_word(text_[at_ - 1])))
                at_ = quoted('\'');
            else
                keep(out_.code, at_ + 1);
        }
    }

  private:
    bool starts(std::string_view what) const { return text_.compare(at_, what.size(), what) == 0; }
    std::size_t past(std::size_t found, std::size_t size) const {
        return found == std::string::npos ? text_.size() : found + size;
    }
    void keep(std::string& to, std::size_t end) {
        for (; at_ < std::min(end, text_.size()); ++at_)
            if (text_[at_] != '\n') to[at_] = text_[at_];
    }
    void comment(std::size_t end) { keep(out_.comments, past(end, 0)); }
    std::size_t quoted(char mark) const {
        std::size_t i = at_ + 1;
        while (i < text_.size() && text_[i] != mark && text_[i] != '\n')
            i += text_[i] == '\\' ? 2 : 1;
        return std::min(i + 1, text_.size());
    }
    void string() {
        const bool raw = at_ > 0 && text_[at_ - 1] == 'R' && (at_ < 2 || !is_word(text_[at_ - 2]));
        if (!raw) {
            at_ = quoted('"');
            return;
        }
        const std::size_t open = text_.find('(', at_);
        if (open == std::string::npos) {
            at_ = text_.size();
            return;
        }
        const std::string close = ")" + text_.substr(at_ + 1, open - at_ - 1) + "\"";
        at_ = past(text_.find(close, open), close.size());
    }

    const std::string& text_;
    Source& out_;
    std::size_t at_ = 0;
};

bool ends_with(const std::string& path, std::string_view end) {
    return std::string_view{path}.ends_with(end);
}

}  // namespace

Source read_source(std::string path, std::string text) {
    Source source;
    source.path = std::move(path);
    source.text = std::move(text);
    Splitter{source.text, source}.run();
    std::istringstream stream{source.text};
    for (std::string line; std::getline(stream, line);)
        source.lines.push_back(line);
    static const std::regex pattern{R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])"};
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
        std::smatch match;
        if (is_code(source) && std::regex_search(source.lines[i], match, pattern))
            source.includes.push_back({static_cast<int>(i) + 1, match[2], match[1] == "<"});
    }
    return source;
}

int line_at(const Source& source, std::size_t offset) {
    const auto end = source.text.begin() + static_cast<std::ptrdiff_t>(offset);
    return 1 + static_cast<int>(std::count(source.text.begin(), end, '\n'));
}

bool is_header(const Source& source) {
    return ends_with(source.path, ".hpp");
}
bool is_code(const Source& source) {
    return is_header(source) || ends_with(source.path, ".cpp");
}
bool is_product(const Source& source) {
    const std::string_view path = source.path;
    return path.starts_with("common/") || path.starts_with("daemon/") || path.starts_with("cli/");
}

}  // namespace vault::tidy

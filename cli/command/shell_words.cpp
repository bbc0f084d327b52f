#include "cli/command/shell_words.hpp"

#include <fmt/format.h>

#include <optional>

namespace vault::command {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

class Splitter {
  public:
    explicit Splitter(std::string_view line) : line_(line) {}

    Result<std::vector<std::string>> run() {
        while (at_ < line_.size()) {
            const char c = line_[at_++];
            if (is_blank(c)) {
                end_word();
            } else if (c == '#' && !word_) {
                break;
            } else if (c == '\'') {
                VAULT_TRYV(take_single());
            } else if (c == '"') {
                VAULT_TRYV(take_double());
            } else if (c == '\\') {
                if (at_ == line_.size()) return open("a backslash ends the line");
                add(line_[at_++]);
            } else {
                add(c);
            }
        }
        end_word();
        return std::move(words_);
    }

  private:
    Result<void> take_single() {
        const auto end = line_.find('\'', at_);
        if (end == std::string_view::npos) return open("a ' is not closed");
        word_ = word_.value_or("") + std::string(line_.substr(at_, end - at_));
        at_ = end + 1;
        return success();
    }

    Result<void> take_double() {
        if (!word_) word_.emplace();
        while (at_ < line_.size()) {
            char c = line_[at_++];
            if (c == '"') return success();
            const bool escapes =
                c == '\\' && at_ < line_.size() &&
                std::string_view("\"\\$`").find(line_[at_]) != std::string_view::npos;
            if (escapes) c = line_[at_++];
            *word_ += c;
        }
        return open("a \" is not closed");
    }

    void add(char c) {
        if (!word_) word_.emplace();
        *word_ += c;
    }
    void end_word() {
        if (word_) words_.push_back(std::move(*word_));
        word_.reset();
    }
    static Error open(std::string_view what) {
        return Error{Errc::Usage, std::string(what), {}, "a command is one whole line"};
    }

    std::string_view line_;
    std::size_t at_ = 0;
    std::optional<std::string> word_;  // that is being read
    std::vector<std::string> words_;
};

}  // namespace

Result<std::vector<std::string>> shell_words(std::string_view line) {
    return Splitter(line).run();
}

}  // namespace vault::command

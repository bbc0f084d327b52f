#pragma once
// LineBuffer: bytes as they come, lines as they are complete, none longer than a limit. What is
// past the limit is not kept: a line of a gigabyte costs no more than one of the limit. A value;
// one thread; cannot fail.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace vault::runner {

class LineBuffer {
  public:
    explicit LineBuffer(std::size_t most) : most_(most) {}

    void add(std::string_view bytes) {
        if (start_ > 0) bytes_.erase(0, start_);
        start_ = 0;
        bytes_ += bytes;
    }
    // The oldest complete line without its line feed; valid until the next add().
    std::optional<std::string_view> next() {
        const std::size_t end = bytes_.find('\n', start_);
        if (end == std::string::npos || end - start_ > most_) return std::nullopt;
        const std::string_view line = std::string_view{bytes_}.substr(start_, end - start_);
        start_ = end + 1;
        return line;
    }
    // The line that is being read is past the limit already.
    bool too_long() const {
        const std::size_t end = bytes_.find('\n', start_);
        return (end == std::string::npos ? bytes_.size() : end) - start_ > most_;
    }
    // Whatever has come of a line that is not complete.
    std::string_view rest() const { return std::string_view{bytes_}.substr(start_); }
    void clear() {
        bytes_.clear();
        start_ = 0;
    }

  private:
    std::size_t most_;
    std::string bytes_;
    std::size_t start_ = 0;  // of the oldest line that was not given out
};

}  // namespace vault::runner

#pragma once
// Bytes of a terminal in, keys out: UTF-8 text, control characters, and the escape sequences of
// xterm and its kin. An escape that nothing follows is the Esc key, which only time can tell: the
// owner calls settle() when no byte came for a while. Unknown sequences are swallowed whole. Pure;
// one thread.
#include <optional>
#include <string>
#include <string_view>

namespace vault::top {

struct Key {
    enum class Kind { Text, Enter, Escape, Backspace, Up, Down, PageUp, PageDown, Home, End };
    Kind kind = Kind::Text;
    std::string text{};  // one character
    friend bool operator==(const Key&, const Key&) = default;
};

class KeyReader {
  public:
    void feed(std::string_view bytes) { buffer_ += bytes; }
    std::optional<Key> next();
    // An unfinished sequence is waiting for more, or for settle().
    bool waits() const { return !buffer_.empty(); }
    void settle() { settled_ = true; }

  private:
    std::optional<Key> escape();
    std::optional<Key> text();
    Key taken(std::size_t bytes, Key key);

    std::string buffer_;
    bool settled_ = false;
};

}  // namespace vault::top

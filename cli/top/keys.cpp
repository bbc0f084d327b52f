#include "cli/top/keys.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace vault::top {
namespace {

constexpr char kEscape = '\x1b';

struct Sequence {
    std::string_view bytes;  // behind the escape
    Key::Kind kind;
};
constexpr std::array kSequences{
    Sequence{"[A", Key::Kind::Up},      Sequence{"[B", Key::Kind::Down},
    Sequence{"OA", Key::Kind::Up},      Sequence{"OB", Key::Kind::Down},
    Sequence{"[5~", Key::Kind::PageUp}, Sequence{"[6~", Key::Kind::PageDown},
    Sequence{"[H", Key::Kind::Home},    Sequence{"[F", Key::Kind::End},
    Sequence{"OH", Key::Kind::Home},    Sequence{"OF", Key::Kind::End},
    Sequence{"[1~", Key::Kind::Home},   Sequence{"[4~", Key::Kind::End},
    Sequence{"[7~", Key::Kind::Home},   Sequence{"[8~", Key::Kind::End}};

// Bytes of the sequence behind an escape; 0: not all of it is there yet.
std::size_t length_of(std::string_view text) {
    if (text.empty()) return 0;
    if (text[0] == 'O') return text.size() < 2 ? 0 : 2;
    if (text[0] != '[') return 1;
    const auto last =
        std::find_if(text.begin() + 1, text.end(), [](char c) { return c >= '@' && c <= '~'; });
    return last == text.end() ? 0 : static_cast<std::size_t>(last - text.begin()) + 1;
}

}  // namespace

Key KeyReader::taken(std::size_t bytes, Key key) {
    buffer_.erase(0, bytes);
    return key;
}

std::optional<Key> KeyReader::next() {
    while (!buffer_.empty()) {
        auto key = buffer_[0] == kEscape ? escape() : text();
        if (key) return key;
        if (buffer_.empty() || !settled_) break;
    }
    settled_ = false;
    return std::nullopt;
}

std::optional<Key> KeyReader::escape() {
    const std::string_view rest = std::string_view(buffer_).substr(1);
    // Esc, pressed twice or before another key.
    if (!rest.empty() && rest[0] == kEscape) return taken(1, {Key::Kind::Escape});
    const std::size_t size = length_of(rest);
    if (size == 0) {
        if (!settled_) return std::nullopt;
        if (rest.empty()) return taken(1, {Key::Kind::Escape});
        buffer_.clear();  // half a sequence: nobody will ever know
        return std::nullopt;
    }
    for (const Sequence& known : kSequences)
        if (rest.substr(0, size) == known.bytes) return taken(size + 1, {known.kind});
    // Alt and a character is the character after Esc; any other sequence means nothing here.
    if (rest[0] != '[' && rest[0] != 'O') return taken(1, {Key::Kind::Escape});
    buffer_.erase(0, size + 1);
    return next();
}

std::optional<Key> KeyReader::text() {
    const auto lead = static_cast<unsigned char>(buffer_[0]);
    if (lead == '\r' || lead == '\n') return taken(1, {Key::Kind::Enter});
    if (lead == 0x7F || lead == 0x08) return taken(1, {Key::Kind::Backspace});
    if (lead < 0x20) {
        constexpr std::array<std::pair<unsigned char, Key::Kind>, 4> kControls{
            {{0x02, Key::Kind::PageUp},    // ^B
             {0x06, Key::Kind::PageDown},  // ^F
             {0x0E, Key::Kind::Down},      // ^N
             {0x10, Key::Kind::Up}}};      // ^P
        for (const auto& [control, kind] : kControls)
            if (control == lead) return taken(1, {kind});
        buffer_.erase(0, 1);
        return next();
    }
    const std::size_t size = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (buffer_.size() < size) {
        if (settled_) buffer_.clear();
        return std::nullopt;
    }
    Key key{Key::Kind::Text, buffer_.substr(0, size)};
    return taken(size, std::move(key));
}

}  // namespace vault::top

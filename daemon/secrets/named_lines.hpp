#pragma once
// Text of named lines with a check at its end, of locked keys and labels of backups: a person can
// read it, and a slip is told by its line. The check finds accidents, not forgers. Any thread.
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace vault::secrets {

std::string hex_of(std::span<const std::uint8_t> bytes);
std::string hex_of(std::string_view bytes);

// `body` and its last line, "check …".
std::string with_check(const std::string& body);
// How long with_check's last line is.
inline constexpr std::size_t kCheckLine = 6 + 16 + 1;

// Takes the text behind its title apart line by line; the first line that is not as written is the
// fault.
class NamedLines {
  public:
    explicit NamedLines(std::string_view text) : rest_(text) {}

    std::string_view value(std::string_view name);
    std::uint64_t number(std::string_view name, std::uint64_t least, std::uint64_t most);
    void bytes(std::string_view name, std::span<std::uint8_t> out);
    // The last line: what with_check puts behind `body`, and nothing behind it.
    void check(const std::string& body);
    void fail(std::string_view what);
    // "line 3 (salt)"; empty: none.
    const std::string& fault() const { return fault_; }

  private:
    std::string_view rest_;
    int line_ = 1;  // the title
    std::string fault_;
};

}  // namespace vault::secrets

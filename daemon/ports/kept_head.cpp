#include "daemon/ports/kept_head.hpp"

#include <fmt/format.h>

#include <charconv>

namespace vault::ports {
namespace {

constexpr std::string_view kMark = "vault-audit-head";
constexpr std::string_view kBlanks = " \t\r\n";

// The words of numbers and hex behind the mark; what is no such word is an empty one.
class Words {
  public:
    explicit Words(std::string_view text) : text_(text) {}

    std::string_view next() {
        const auto begin = text_.find_first_not_of(kBlanks);
        text_.remove_prefix(std::min(begin, text_.size()));
        const auto end = std::min(text_.find_first_not_of("0123456789abcdef"), text_.size());
        const std::string_view word = text_.substr(0, end);
        text_.remove_prefix(end);
        return word;
    }
    template <class Number>
    bool number(Number& value) {
        const std::string_view word = next();
        const auto [end, fault] = std::from_chars(word.data(), word.data() + word.size(), value);
        return fault == std::errc() && end == word.data() + word.size();
    }
    bool digest(Digest& value) { return from_hex(next(), value); }

  private:
    std::string_view text_;
};

}  // namespace

// Of a head without journals these are the bytes of the trail's head alone.
std::string kept_head_bytes(const KeptHead& kept) {
    std::string bytes = audit_head_bytes(kept.trail);
    for (const JournalHead& journal : kept.journals)
        fmt::format_to(std::back_inserter(bytes), "{} {} {}\n", to_text(journal.vault), journal.seq,
                       to_hex(journal.hash));
    return bytes;
}

std::string to_text(const KeptHead& kept) {
    std::string text = fmt::format("{} {} {} {} {}", kMark, kept.trail.seq, to_hex(kept.trail.hash),
                                   to_hex(kept.signature), kept.journals.size());
    for (const JournalHead& journal : kept.journals)
        fmt::format_to(std::back_inserter(text), " {} {} {}", journal.vault.value, journal.seq,
                       to_hex(journal.hash));
    return text;
}

std::optional<KeptHead> find_kept_head(std::string_view text) {
    const auto mark = text.find(kMark);
    if (mark == std::string_view::npos) return std::nullopt;
    Words words(text.substr(mark + kMark.size()));
    KeptHead kept;
    if (!words.number(kept.trail.seq) || !words.digest(kept.trail.hash) ||
        !words.digest(kept.signature))
        return std::nullopt;
    std::size_t journals = 0;
    if (!words.number(journals)) journals = 0;  // a head of the trail alone ends here
    for (; journals > 0; --journals) {
        JournalHead& journal = kept.journals.emplace_back();
        if (!words.number(journal.vault.value) || !words.number(journal.seq) ||
            !words.digest(journal.hash))
            return std::nullopt;
    }
    return kept;
}

}  // namespace vault::ports

#include "daemon/identity/password_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

namespace vault::identity {
namespace {

constexpr std::size_t kMostListBytes = std::size_t{64} << 20U;
constexpr std::size_t kShortestWord = 4;
constexpr std::size_t kShortestRun = 4;

// Words that passwords are made of first, from what leaked lists have in common.
constexpr auto kWords = std::to_array<std::string_view>(
    {"password",  "passwort",  "passphrase",    "passw",    "passcode",  "secret",   "welcome",
     "letmein",   "admin",     "administrator", "login",    "master",    "monkey",   "dragon",
     "football",  "baseball",  "basketball",    "soccer",   "hockey",    "superman", "batman",
     "spiderman", "princess",  "sunshine",      "shadow",   "iloveyou",  "love",     "trustno",
     "hello",     "freedom",   "whatever",      "starwars", "pokemon",   "naruto",   "michael",
     "jordan",    "michelle",  "jessica",       "ashley",   "daniel",    "thomas",   "charlie",
     "andrew",    "joshua",    "robert",        "matthew",  "jennifer",  "george",   "summer",
     "winter",    "spring",    "autumn",        "monday",   "friday",    "sunday",   "january",
     "february",  "march",     "april",         "august",   "september", "october",  "november",
     "december",  "computer",  "internet",      "google",   "facebook",  "linkedin", "samsung",
     "apple",     "microsoft", "windows",       "linux",    "ubuntu",    "debian",   "server",
     "root",      "toor",      "user",          "guest",    "test",      "default",  "change",
     "changeme",  "temp",      "temporary",     "access",   "private",   "public",   "system",
     "bitcoin",   "ethereum",  "crypto",        "satoshi",  "hodl",      "money",    "trading",
     "trader",    "trade",     "wallet",        "exchange", "kraken",    "binance",  "coinbase",
     "vault",     "asdf",      "zxcv",          "qwer",     "abcd",      "correct",  "horse",
     "battery",   "staple",    "cheese",        "cookie",   "flower",    "liverpool"});

// Rows of keys, and what people count along.
constexpr std::array<std::string_view, 9> kRows{"qwertyuiop",
                                                "qwertzuiop",
                                                "asdfghjkl",
                                                "zxcvbnm",
                                                "yxcvbnm",
                                                "1234567890",
                                                "0123456789",
                                                "abcdefghijklmnopqrstuvwxyz",
                                                "1q2w3e4r5t6y7u8i9o0p"};

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lowered(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(), lower);
    return out;
}

// The letter that a digit or sign often stands for.
char unmasked(char c) {
    switch (c) {
        case '0': return 'o';
        case '1':
        case '!': return 'i';
        case '3': return 'e';
        case '4':
        case '@': return 'a';
        case '5':
        case '$': return 's';
        case '7': return 't';
    }
    return c;
}

// Code points; none if it is no UTF-8 or has control characters.
std::size_t letters_in(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < text.size(); ++count) {
        const auto first = static_cast<unsigned char>(text[i]);
        if (first < 0x20 || first == 0x7f) return 0;
        const std::size_t size = first < 0x80             ? 1
                                 : (first & 0xe0) == 0xc0 ? 2
                                 : (first & 0xf0) == 0xe0 ? 3
                                 : (first & 0xf8) == 0xf0 ? 4
                                                          : 0;
        if (size == 0 || i + size > text.size()) return 0;
        for (std::size_t k = 1; k < size; ++k)
            if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) return 0;
        i += size;
    }
    return count;
}

using Marks = std::vector<bool>;

void mark_word(std::string_view text, std::string_view word, Marks& marks) {
    if (word.size() < kShortestWord) return;
    for (std::size_t at = text.find(word); at != std::string_view::npos;
         at = text.find(word, at + 1))
        std::fill_n(marks.begin() + static_cast<std::ptrdiff_t>(at), word.size(), true);
}

// How far text goes along `row` from its place `at`, in either direction.
std::size_t run_along(std::string_view text, std::size_t at, std::string_view row) {
    const std::size_t start = row.find(text[at]);
    if (start == std::string_view::npos) return 0;
    std::size_t up = 1, down = 1;
    while (at + up < text.size() && start + up < row.size() && text[at + up] == row[start + up])
        ++up;
    while (at + down < text.size() && down <= start && text[at + down] == row[start - down])
        ++down;
    return std::max(up, down);
}

void mark_runs(std::string_view text, Marks& marks) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        std::size_t longest = 1;
        while (at + longest < text.size() && text[at + longest] == text[at])
            ++longest;
        for (const std::string_view row : kRows)
            longest = std::max(longest, run_along(text, at, row));
        if (longest >= kShortestRun)
            std::fill_n(marks.begin() + static_cast<std::ptrdiff_t>(at), longest, true);
    }
}

// The shortest text that, repeated, makes this one.
std::size_t period_of(std::string_view text) {
    for (std::size_t period = 1; period < text.size(); ++period)
        if (text.substr(period) == text.substr(0, text.size() - period)) return period;
    return text.size();
}

std::size_t letters_of_its_own(std::string_view text, std::span<const std::string_view> context) {
    std::string masked{text};
    std::ranges::transform(masked, masked.begin(), unmasked);
    Marks marks(text.size(), false);
    const auto mark = [&](std::string_view word) {
        mark_word(text, word, marks);
        mark_word(masked, word, marks);
    };
    for (const std::string_view word : kWords)
        mark(word);
    for (const std::string_view word : context)
        mark(lowered(word));
    mark_runs(text, marks);
    std::size_t own = 0;
    for (std::size_t i = 0; i < text.size(); ++i)
        own += !marks[i] && (static_cast<unsigned char>(text[i]) & 0xc0) != 0x80 ? 1 : 0;
    return own;
}

Error refused(std::string message, std::string hint) {
    return Error{Errc::InvalidParams, std::move(message), "password", std::move(hint)};
}

Error easy_to_guess(std::string why) {
    return refused("the password is easy to guess: " + std::move(why),
                   "take several words that have nothing to do with each other, or let a password "
                   "manager make one");
}

}  // namespace

Result<PasswordRules> PasswordRules::load(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file)
        return Error{
            Errc::Io,
            fmt::format("cannot read the list of bad passwords {}: {}", path, std::strerror(errno)),
            "known_bad_passwords", "name a file that vaultd can read, or none"};
    PasswordRules rules;
    std::string line;
    for (std::size_t bytes = 0; std::getline(file, line);) {
        bytes += line.size() + 1;
        if (bytes > kMostListBytes)
            return Error{Errc::ConfigInvalid,
                         fmt::format("the list of bad passwords {} has more than 64 MiB", path),
                         "known_bad_passwords", "keep the most common ones"};
        if (line.ends_with('\r')) line.pop_back();
        if (line.size() >= kShortestPassword) rules.known_bad_.insert(lowered(line));
    }
    if (file.bad())
        return Error{Errc::Io, fmt::format("the list of bad passwords {} ends in a fault", path),
                     "known_bad_passwords"};
    return rules;
}

Result<void> PasswordRules::check(const Secret& password,
                                  std::span<const std::string_view> context) const {
    const std::string_view given = password.reveal();
    const std::size_t letters = letters_in(given);
    if (letters == 0 && !given.empty())
        return refused("the password has characters that are no text",
                       "type it anew; letters of any language and blanks may be in it");
    if (letters < kShortestPassword)
        return refused(fmt::format("the password has {} letters, at least {} are needed", letters,
                                   kShortestPassword),
                       "four or five words are easy to remember");
    if (letters > kLongestPassword)
        return refused(fmt::format("the password has {} letters, at most {} are taken", letters,
                                   kLongestPassword),
                       "shorten it");
    // Kept in a Secret, so that it is wiped.
    const Secret text{lowered(given)};
    if (known_bad_.contains(std::string{text.reveal()}))
        return easy_to_guess("it is on the list of known ones");
    if (period_of(text.reveal()) < kOwnLetters) return easy_to_guess("it repeats a few letters");
    if (letters_of_its_own(text.reveal(), context) < kOwnLetters)
        return easy_to_guess("it is made of well-known words, names or runs of keys");
    return success();
}

}  // namespace vault::identity

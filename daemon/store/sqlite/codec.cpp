#include "daemon/store/sqlite/codec.hpp"

#include <fmt/format.h>

#include <charconv>

namespace vault::store {

namespace {

constexpr std::array kTotpHashes{
    std::pair{ports::TotpHash::Sha1, std::string_view{"sha1"}},
    std::pair{ports::TotpHash::Sha256, std::string_view{"sha256"}},
    std::pair{ports::TotpHash::Sha512, std::string_view{"sha512"}},
};

// Takes a number and `end` off the front of `text`; false if they are not there.
template <class T>
bool take_number(std::string_view& text, T& number, char end) {
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    const auto size = static_cast<std::size_t>(read.ptr - text.data());
    if (read.ec != std::errc{} || size == text.size() || *read.ptr != end) return false;
    text.remove_prefix(size + 1);
    return true;
}

}  // namespace

void Binder::operator()(const char*, const Decimal& x) {
    statement_.bind_copy(next_++, x.text());
}

void Binder::operator()(const char*, ports::TotpHash x) {
    const auto* const word = std::find_if(kTotpHashes.begin(), kTotpHashes.end(),
                                          [x](const auto& known) { return known.first == x; });
    statement_.bind(next_++, word == kTotpHashes.end() ? std::string_view{} : word->second);
}

void Binder::operator()(const char*, const std::vector<Asset>& x) {
    std::string list;
    for (const Asset& asset : x) {
        if (!list.empty()) list.push_back(',');
        list.append(asset.text());
    }
    statement_.bind_copy(next_++, list);
}

// Milliseconds, each with a comma behind it.
void Binder::operator()(const char*, const std::vector<UtcTime>& x) {
    std::string list;
    for (const UtcTime time : x)
        fmt::format_to(std::back_inserter(list), "{},", time.time_since_epoch().count());
    statement_.bind_copy(next_++, list);
}

// Netstrings ("8:report.*,"): whatever the texts hold, they come back as they were.
void Binder::operator()(const char*, const std::vector<std::string>& x) {
    std::string list;
    for (const std::string& text : x)
        fmt::format_to(std::back_inserter(list), "{}:{},", text.size(), text);
    statement_.bind_copy(next_++, list);
}

void Decoder::operator()(const char* name, Absent) {
    const int column = column_++;
    if (!statement_.is_null(column)) refuse(name, statement_.text(column));
}

void Decoder::operator()(const char* name, bool& x) {
    const std::int64_t number = statement_.integer(column_++);
    x = number == 1;
    if (number != 0 && number != 1) refuse(name, std::to_string(number));
}

void Decoder::operator()(const char* name, ports::TotpHash& x) {
    const std::string_view text = statement_.text(column_++);
    const auto* const word =
        std::find_if(kTotpHashes.begin(), kTotpHashes.end(),
                     [text](const auto& known) { return known.second == text; });
    if (word == kTotpHashes.end()) return refuse(name, text);
    x = word->first;
}

void Decoder::operator()(const char* name, std::vector<Asset>& x) {
    const std::string_view text = statement_.text(column_++);
    x.clear();
    std::size_t from = 0;
    while (from < text.size()) {
        const std::size_t comma = std::min(text.find(',', from), text.size());
        auto asset = Asset::parse(text.substr(from, comma - from));
        if (!asset) return refuse(name, text);
        x.push_back(asset.value());
        from = comma + 1;
    }
}

void Decoder::operator()(const char* name, std::vector<UtcTime>& x) {
    const std::string_view text = statement_.text(column_++);
    x.clear();
    for (std::string_view rest = text; !rest.empty();) {
        std::int64_t time = 0;
        if (!take_number(rest, time, ',')) return refuse(name, text);
        x.push_back(UtcTime{Duration{time}});
    }
}

void Decoder::operator()(const char* name, std::vector<std::string>& x) {
    const std::string_view text = statement_.text(column_++);
    x.clear();
    for (std::string_view rest = text; !rest.empty();) {
        std::size_t size = 0;
        if (!take_number(rest, size, ':') || size >= rest.size() || rest[size] != ',')
            return refuse(name, text);
        x.emplace_back(rest.substr(0, size));
        rest.remove_prefix(size + 1);
    }
}

void Decoder::refuse_size(const char* name, std::size_t bytes) {
    refuse(name, fmt::format("{} bytes", bytes));
}

void Decoder::refuse(const char* name, std::string_view text) {
    if (error_) return;
    error_ = Error{Errc::StoreInvalid,
                   "column " + std::string{name} + " holds '" + std::string{text.substr(0, 40)} +
                       "', which is not what vaultd writes there",
                   "store", "run a full check and restore the newest verified backup"};
}

}  // namespace vault::store

#pragma once
// Asset and Pair: names as small values. An asset is 1 to 15 characters of A-Z, 0-9, '.', '-', '_'
// (upper case); a pair is base/quote, "ETH/USDT". No heap, trivially copyable; any thread.
#include "common/base/result.hpp"

#include <array>
#include <compare>
#include <cstring>
#include <string>
#include <string_view>

namespace vault {

class Asset {
  public:
    constexpr Asset() = default;
    static Result<Asset> parse(std::string_view text);

    std::string_view text() const { return {text_.data(), std::strlen(text_.data())}; }
    bool empty() const { return text_[0] == '\0'; }

    friend bool operator==(const Asset&, const Asset&) = default;
    friend auto operator<=>(const Asset&, const Asset&) = default;

  private:
    std::array<char, 16> text_{};
};

struct Pair {
    Asset base;
    Asset quote;

    static Result<Pair> parse(std::string_view text);
    std::string text() const;

    friend bool operator==(const Pair&, const Pair&) = default;
    friend auto operator<=>(const Pair&, const Pair&) = default;
};

}  // namespace vault

template <>
struct std::hash<vault::Asset> {
    std::size_t operator()(const vault::Asset& x) const {
        return std::hash<std::string_view>{}(x.text());
    }
};
template <>
struct std::hash<vault::Pair> {
    std::size_t operator()(const vault::Pair& x) const {
        return std::hash<vault::Asset>{}(x.base) * 31 + std::hash<vault::Asset>{}(x.quote);
    }
};

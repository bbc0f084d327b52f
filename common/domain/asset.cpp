#include "common/domain/asset.hpp"

#include "common/base/excerpt.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault {

Result<Asset> Asset::parse(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    };
    Asset asset;
    if (text.empty() || text.size() >= asset.text_.size() ||
        !std::all_of(text.begin(), text.end(), allowed))
        return Error{Errc::InvalidParams,
                     fmt::format("'{}' is not an asset", excerpt(text, 40)),
                     {},
                     "assets are upper case, for example USDT"};
    std::copy(text.begin(), text.end(), asset.text_.begin());
    return asset;
}

Result<Pair> Pair::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto wrong = [&] {
        return Error{Errc::InvalidParams,
                     fmt::format("'{}' is not a pair", excerpt(text, 40)),
                     {},
                     "pairs are BASE/QUOTE, for example ETH/USDT"};
    };
    if (slash == std::string_view::npos) return wrong();
    const auto base = Asset::parse(text.substr(0, slash));
    const auto quote = Asset::parse(text.substr(slash + 1));
    if (!base || !quote || base.value() == quote.value()) return wrong();
    return Pair{base.value(), quote.value()};
}

std::string Pair::text() const {
    return fmt::format("{}/{}", base.text(), quote.text());
}

}  // namespace vault

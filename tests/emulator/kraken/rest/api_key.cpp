#include "tests/emulator/kraken/rest/api_key.hpp"

#include "tests/emulator/kraken/rest/signature.hpp"

#include <algorithm>
#include <charconv>

namespace vault::kraken_emulator {
namespace {

constexpr std::array<std::string_view, kPermissions> kTexts{"query-funds",
                                                            "add-funds",
                                                            "withdraw-funds",
                                                            "earn-funds",
                                                            "query-open-trades",
                                                            "query-closed-trades",
                                                            "modify-trades",
                                                            "close-trades",
                                                            "query-ledger",
                                                            "export-data",
                                                            "create-ws-token",
                                                            "add-withdraw-address",
                                                            "update-withdraw-address"};

// Of the REST counter.
struct CallLimits {
    std::int64_t most, decay_per_second;  // points, thousandths of a point
};
constexpr std::array<CallLimits, 3> kLimits{{{15, 330}, {20, 500}, {20, 1'000}}};

std::optional<std::uint64_t> parse_nonce(const std::optional<std::string>& text) {
    if (!text) return std::nullopt;
    std::uint64_t value = 0;
    const char* end = text->data() + text->size();
    const auto [stop, status] = std::from_chars(text->data(), end, value);
    if (status != std::errc{} || stop != end) return std::nullopt;
    return value;
}

}  // namespace

std::string_view to_text(Permission permission) {
    return kTexts[static_cast<std::size_t>(permission)];
}

std::optional<Permission> parse_permission(std::string_view text) {
    const auto* at = std::find(kTexts.begin(), kTexts.end(), text);
    if (at == kTexts.end()) return std::nullopt;
    return static_cast<Permission>(at - kTexts.begin());
}

ApiKey& KeyDesk::add(ApiKey key) {
    return keys_.emplace_back(std::move(key));
}

ApiKey* KeyDesk::find_name(std::string_view name) {
    const auto at = std::find_if(keys_.begin(), keys_.end(),
                                 [&](const ApiKey& each) { return each.name == name; });
    return at == keys_.end() ? nullptr : &*at;
}

Refusal KeyDesk::wrong(const std::string& key, std::string_view text, Moment now) {
    Wrong& so_far = wrong_[key];
    if (++so_far.in_row >= kWrongMost) {
        so_far.in_row = 0;
        so_far.locked_until = now + kLockout;
    }
    return Refusal{text};
}

Answer<ApiKey*> KeyDesk::admit(const Request& request, const Params& params, Moment now) {
    const auto wrong = wrong_.find(request.api_key);
    if (wrong != wrong_.end() && wrong->second.locked_until > now)
        return Refusal{refused::kTemporaryLockout};
    BOOST_OUTCOME_TRY(ApiKey * key, checked(request, params, now));
    wrong_.erase(request.api_key);
    key->last_used = now;
    return key;
}

Answer<ApiKey*> KeyDesk::checked(const Request& request, const Params& params, Moment now) {
    const auto key = std::find_if(keys_.begin(), keys_.end(), [&](const ApiKey& each) {
        return each.key == request.api_key && !each.revoked;
    });
    if (key == keys_.end()) return wrong(request.api_key, refused::kInvalidKey, now);
    const std::string text = params.text("nonce").value_or("");
    if (request.api_sign != api_sign(key->secret, request.path, text, request.body))
        return wrong(key->key, refused::kInvalidSignature, now);
    const auto nonce = parse_nonce(text);
    const std::uint64_t least = key->nonce > key->nonce_window ? key->nonce - key->nonce_window : 0;
    if (!nonce || *nonce <= least) return wrong(key->key, refused::kInvalidNonce, now);
    key->nonce = std::max(key->nonce, *nonce);
    return &*key;
}

Answer<void> KeyDesk::charge(ApiKey& key, std::int64_t points, Tier tier, Moment now) {
    if (points == 0) return boost::outcome_v2::success();
    const CallLimits& limits = kLimits[static_cast<std::size_t>(tier)];
    const bool room = key.calls.has_room(points, limits.most, limits.decay_per_second, now);
    key.calls.add(points, limits.decay_per_second, now);
    if (!room) return Refusal{refused::kCallRate};
    return boost::outcome_v2::success();
}

}  // namespace vault::kraken_emulator

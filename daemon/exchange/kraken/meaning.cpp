#include "daemon/exchange/kraken/meaning.hpp"

#include "common/base/check.hpp"
#include "common/base/excerpt.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace vault::exchange::kraken {
namespace {

constexpr std::size_t kShown = 200;                    // bytes of Kraken's words
constexpr std::int64_t kLastSecond = 253'402'300'799;  // of the year 9999

constexpr Meaning kTooMany{Outcome::RetryLater, Errc::RateLimited, Remedy::BackOff};
constexpr Meaning kPairTooOften{Outcome::RetryLater, Errc::RateLimited, Remedy::PairDecay};
constexpr Meaning kStaleNonce{Outcome::RetryLater, Errc::NotReady, Remedy::FreshNonce};
constexpr Meaning kMarketMode{Outcome::RetryLater, Errc::NotReady, Remedy::AwaitStatus};
constexpr Meaning kTooLate{Outcome::RetryLater, Errc::NotReady, Remedy::LookUp};
constexpr Meaning kLockout{Outcome::Refused, Errc::RateLimited, Remedy::LockedOut};
constexpr Meaning kBadKey{Outcome::Refused, Errc::KeyRefused, Remedy::HaltTrading};
constexpr Meaning kNoRight{Outcome::Refused, Errc::PermissionDenied, Remedy::HaltTrading};
constexpr Meaning kBadRequest{Outcome::Refused, Errc::InvalidParams, Remedy::HaltTrading};
constexpr Meaning kBadCall{Outcome::Refused, Errc::InvalidParams, Remedy::None};
constexpr Meaning kNoMoney{Outcome::Refused, Errc::InsufficientBalance, Remedy::None};
constexpr Meaning kTooSmall{Outcome::Refused, Errc::BelowMinimum, Remedy::None};
constexpr Meaning kNotNow{Outcome::Refused, Errc::WrongState, Remedy::None};
constexpr Meaning kNoAgreement{Outcome::Refused, Errc::PermissionDenied, Remedy::None};
constexpr Meaning kGone{Outcome::Refused, Errc::NotFound, Remedy::LookUp};
constexpr Meaning kNobodyKnows{Outcome::Unresolved, Errc::NotReady, Remedy::LookUp};

// In the order of the exchange's list.
constexpr std::array kRows{
    MeaningRow{"EAPI:Rate limit exceeded", kTooMany},
    MeaningRow{"EService:Throttled", kTooMany},
    MeaningRow{"EGeneral:Too many requests", kTooMany},
    MeaningRow{"EAuth:Rate limit exceeded", kTooMany},
    MeaningRow{"EAuth:Too many requests", kTooMany},
    MeaningRow{"EOrder:Rate limit exceeded", kPairTooOften},
    MeaningRow{"EOrder:Domain rate limit exceeded", kPairTooOften},
    MeaningRow{"EAPI:Invalid nonce", kStaleNonce},
    MeaningRow{"EService:Market in cancel_only mode", kMarketMode},
    MeaningRow{"EService:Market in post_only mode", kMarketMode},
    MeaningRow{"EService:Deadline elapsed", kTooLate},
    MeaningRow{"EGeneral:Temporary lockout", kLockout},
    MeaningRow{"EAPI:Invalid key", kBadKey},
    MeaningRow{"EAPI:Invalid signature", kBadKey},
    MeaningRow{"EAPI:Bad request", kBadRequest},
    MeaningRow{"EGeneral:Permission denied", kNoRight},
    MeaningRow{"EAccount:", kNoRight},
    MeaningRow{"EAuth:", kNoRight},
    MeaningRow{"ETrade:User Locked", kNoRight},
    MeaningRow{"ESession:Invalid session", kNoRight},
    MeaningRow{"EGeneral:Invalid arguments", kBadCall},
    MeaningRow{"EGeneral:Unknown method", kBadCall},
    MeaningRow{"EQuery:Unknown asset pair", kBadCall},
    MeaningRow{"EQuery:Invalid asset pair", kBadCall},
    MeaningRow{"EQuery:Unknown asset", kBadCall},
    MeaningRow{"ETrade:Invalid request", kBadCall},
    MeaningRow{"EOrder:Insufficient funds", kNoMoney},
    MeaningRow{"EOrder:Order minimum not met", kTooSmall},
    MeaningRow{"EOrder:Cost minimum not met", kTooSmall},
    MeaningRow{"EOrder:Tick size check failed", kBadCall},
    MeaningRow{"EOrder:Invalid price", kBadCall},
    MeaningRow{"EOrder:Invalid order", kBadCall},
    MeaningRow{"EOrder:Orders limit exceeded", kNotNow},
    MeaningRow{"EOrder:Scheduled orders limit exceeded", kNotNow},
    MeaningRow{"EOrder:Positions limit exceeded", kNotNow},
    MeaningRow{"EOrder:Cannot open position", kNotNow},
    MeaningRow{"EOrder:Cannot open opposing position", kNotNow},
    MeaningRow{"EOrder:Margin", kNotNow},
    MeaningRow{"EOrder:Insufficient margin", kNoMoney},
    MeaningRow{"EOrder:Reduce only:", kNotNow},
    MeaningRow{"EOrder:Post only order", kNotNow},
    MeaningRow{"EOrder:Trading agreement required", kNoAgreement},
    MeaningRow{"EOrder:Unknown order", kGone},
    MeaningRow{"EService:Unavailable", kNobodyKnows},
    MeaningRow{"EService:Busy", kNobodyKnows},
    MeaningRow{"EGeneral:Internal error", kNobodyKnows},
    MeaningRow{"EDatabase:Internal error", kNobodyKnows},
};

// The documents write a blank where the exchange has none: "EService: Throttled".
std::string without_gap(std::string_view words) {
    std::string out{words};
    const std::size_t colon = out.find(':');
    if (colon == std::string::npos) return out;
    const std::size_t text = out.find_first_not_of(' ', colon + 1);
    out.erase(colon + 1, std::min(text, out.size()) - colon - 1);
    return out;
}

// The time that ends the text, in whole seconds since 1970.
std::optional<UtcTime> time_behind(std::string_view words) {
    const std::size_t colon = words.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string_view number = words.substr(colon + 1);
    number.remove_prefix(std::min(number.find_first_not_of(' '), number.size()));
    const char* const end = number.data() + number.size();
    std::int64_t seconds = 0;
    const auto read = std::from_chars(number.data(), end, seconds);
    if (read.ec != std::errc{} || read.ptr != end || seconds <= 0 || seconds > kLastSecond)
        return std::nullopt;
    return UtcTime{std::chrono::seconds{seconds}};
}

}  // namespace

std::span<const MeaningRow> meanings() {
    return kRows;
}

Meaning meaning_of(std::string_view words) {
    const std::string text = without_gap(words);
    const MeaningRow* best = nullptr;
    for (const MeaningRow& row : kRows)
        if (text.starts_with(row.prefix) &&
            (best == nullptr || row.prefix.size() > best->prefix.size()))
            best = &row;
    return best == nullptr ? Meaning{} : best->meaning;
}

Refusal refusal_of(std::span<const std::string> errors) {
    VAULT_CHECK(!errors.empty(), "a refusal has words");
    const std::string* words = nullptr;
    Meaning meaning;
    for (const std::string& each : errors) {
        const Meaning its = meaning_of(each);
        // Outcomes are in the order of what they allow, the most first.
        if (words != nullptr && its.outcome <= meaning.outcome) continue;
        words = &each;
        meaning = its;
    }
    Refusal out{excerpt(*words, kShown), meaning};
    if (meaning.remedy == Remedy::BackOff) out.until = time_behind(*words);
    return out;
}

std::string_view to_text(Outcome outcome) {
    switch (outcome) {
        case Outcome::RetryLater: return "retry_later";
        case Outcome::Refused: return "refused";
        case Outcome::Unresolved: return "unresolved";
    }
    return {};
}

}  // namespace vault::exchange::kraken

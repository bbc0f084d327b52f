#pragma once
// Refusal: what Kraken answers instead of a result, one text such as "EOrder:Unknown order". The
// texts are those of reference kraken.md, section 8. Answer<T> is a T or a Refusal. Values; any
// thread.
#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>
#include <boost/outcome/try.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace vault::kraken_emulator {

struct [[nodiscard]] Refusal {
    std::string text;

    explicit Refusal(std::string_view says) : text(says) {}
    // "EGeneral:Invalid arguments:price"
    static Refusal invalid(std::string_view argument) {
        return Refusal{std::string{"EGeneral:Invalid arguments:"}.append(argument)};
    }
    friend bool operator==(const Refusal&, const Refusal&) = default;
};

template <class T>
using Answer = boost::outcome_v2::basic_result<T, Refusal, boost::outcome_v2::policy::terminate>;

namespace refused {

inline constexpr std::string_view kInvalidArguments = "EGeneral:Invalid arguments";
inline constexpr std::string_view kInternal = "EGeneral:Internal error";
inline constexpr std::string_view kPermissionDenied = "EGeneral:Permission denied";
inline constexpr std::string_view kTemporaryLockout = "EGeneral:Temporary lockout";
inline constexpr std::string_view kUnknownMethod = "EGeneral:Unknown method";
inline constexpr std::string_view kTooMany = "EGeneral:Too many requests";
inline constexpr std::string_view kInvalidKey = "EAPI:Invalid key";
inline constexpr std::string_view kInvalidSignature = "EAPI:Invalid signature";
inline constexpr std::string_view kInvalidNonce = "EAPI:Invalid nonce";
inline constexpr std::string_view kCallRate = "EAPI:Rate limit exceeded";
inline constexpr std::string_view kUnknownAsset = "EQuery:Unknown asset";
inline constexpr std::string_view kUnknownPair = "EQuery:Unknown asset pair";
inline constexpr std::string_view kUnavailable = "EService:Unavailable";
inline constexpr std::string_view kThrottled = "EService:Throttled: ";  // and until when
inline constexpr std::string_view kCancelOnly = "EService:Market in cancel_only mode";
inline constexpr std::string_view kPostOnlyMode = "EService:Market in post_only mode";
inline constexpr std::string_view kLimitOnly = "EService:Market in limit_only mode";
inline constexpr std::string_view kDeadlineElapsed = "EService:Deadline elapsed";
inline constexpr std::string_view kOrderRate = "EOrder:Rate limit exceeded";
inline constexpr std::string_view kOrdersLimit = "EOrder:Orders limit exceeded";
inline constexpr std::string_view kUnknownOrder = "EOrder:Unknown order";
inline constexpr std::string_view kDuplicateOrder = "EOrder:Duplicate order";
inline constexpr std::string_view kInsufficientFunds = "EOrder:Insufficient funds";
inline constexpr std::string_view kOrderMinimum = "EOrder:Order minimum not met";
inline constexpr std::string_view kCostMinimum = "EOrder:Cost minimum not met";
inline constexpr std::string_view kTickSize = "EOrder:Tick size check failed";
inline constexpr std::string_view kInvalidPrice = "EOrder:Invalid price";
inline constexpr std::string_view kInvalidOrder = "EOrder:Invalid order";
inline constexpr std::string_view kPostOnlyOrder = "EOrder:Post only order";

}  // namespace refused

}  // namespace vault::kraken_emulator

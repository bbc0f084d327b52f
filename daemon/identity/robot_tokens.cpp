#include "daemon/identity/robot_tokens.hpp"

#include "common/base/check.hpp"
#include "common/base/excerpt.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::identity {
namespace {

constexpr std::size_t kMostPatterns = 64;
constexpr std::size_t kLongestPattern = 64;
constexpr std::size_t kLongestLabel = 120;
constexpr Duration kMinute = std::chrono::minutes{1};

bool is_word(std::string_view text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

bool covers_one(std::string_view pattern, std::string_view method) {
    if (!pattern.ends_with(".*")) return pattern == method;
    pattern.remove_suffix(1);  // the dot stays
    return method.size() > pattern.size() && method.starts_with(pattern);
}

Error invalid(std::string message, std::string field, std::string hint) {
    return Error{Errc::InvalidParams, std::move(message), std::move(field), std::move(hint)};
}

bool in_force(const ports::RobotTokenRow& row, UtcTime now) {
    return !row.revoked_at && now < row.expires_at;
}

Result<void> check_wish(const TokenWish& wish) {
    if (wish.patterns.empty() || wish.patterns.size() > kMostPatterns)
        return invalid(fmt::format("a token covers 1 to {} patterns of methods", kMostPatterns),
                       "methods", "name what it is for, such as --methods 'report.*'");
    for (const std::string& pattern : wish.patterns) {
        VAULT_TRYV(check_pattern(pattern));
    }
    if (wish.calls_per_minute == 0 || wish.calls_per_minute > kMostCallsPerMinute)
        return invalid(fmt::format("a token makes 1 to {} calls a minute", kMostCallsPerMinute),
                       "rate", "give a number in that range");
    if (wish.life <= Duration{0} || wish.life > kLongestTokenLife)
        return invalid("a token lives at most 366 days", "expires",
                       "give a shorter time, such as 90d; tokens can be made anew");
    return success();
}

}  // namespace

Result<void> check_pattern(std::string_view pattern) {
    const std::size_t dot = pattern.find('.');
    const std::string_view noun = pattern.substr(0, dot);
    const std::string_view verb =
        dot == std::string_view::npos ? std::string_view{} : pattern.substr(dot + 1);
    const bool fits = pattern.size() <= kLongestPattern && is_word(noun) &&
                      (dot == std::string_view::npos || verb == "*" || is_word(verb));
    if (fits) return success();
    return invalid(
        fmt::format("'{}' is no pattern of methods", excerpt(pattern, 40)), "methods",
        "a pattern is a method such as vault.show, or a noun with a star such as report.*");
}

bool covers(const std::vector<std::string>& patterns, std::string_view method) {
    return std::ranges::any_of(
        patterns, [&](const std::string& pattern) { return covers_one(pattern, method); });
}

void RobotTokens::load(const std::vector<ports::RobotTokenRow>& rows, TokenId first_id) {
    tokens_.clear();
    by_token_.clear();
    changed_.clear();
    next_ = first_id;
    for (const ports::RobotTokenRow& row : rows) {
        VAULT_CHECK(row.id.value < first_id.value, "a token has an id that is yet to be given");
        tokens_[row.id] = {.row = row, .stored_use = row.last_used_at.value_or(row.created_at)};
        by_token_[row.token_hash] = row.id;
    }
}

Result<RobotTokens::Made> RobotTokens::create(const TokenWish& wish, UtcTime now) {
    VAULT_TRYV(check_wish(wish));
    const auto mine = std::ranges::count_if(tokens_, [&](const auto& item) {
        return item.second.row.user == wish.user && in_force(item.second.row, now);
    });
    if (static_cast<std::size_t>(mine) >= kMostTokensPerUser)
        return Error{Errc::Exists,
                     fmt::format("you have {} tokens, which is the most", mine),
                     {},
                     "revoke one that is not needed: vaultctl token list"};
    NewToken token = make_token(kRobotPrefix, entropy_);
    const ports::RobotTokenRow row{.id = next_,
                                   .token_hash = token.hash,
                                   .user = wish.user,
                                   .uid = wish.uid,
                                   .label = excerpt(wish.label, kLongestLabel),
                                   .patterns = wish.patterns,
                                   .calls_per_minute = wish.calls_per_minute,
                                   .created_at = now,
                                   .expires_at = now + wish.life,
                                   .revoked_at = std::nullopt,
                                   .last_used_at = std::nullopt};
    ++next_.value;
    return Made{std::move(token.text), row};
}

// A row that comes back from the store may be older than the use that is known here.
void RobotTokens::adopt(const std::vector<ports::RobotTokenRow>& rows) {
    for (const ports::RobotTokenRow& row : rows) {
        Held& held = tokens_[row.id];
        const auto used = std::max(held.row.last_used_at, row.last_used_at);
        held.row = row;
        held.row.last_used_at = used;
        held.stored_use = row.last_used_at.value_or(row.created_at);
        by_token_[row.token_hash] = row.id;
        next_ = std::max(next_, TokenId{row.id.value + 1});
    }
}

std::optional<TokenFault> RobotTokens::fault_of(const Held& held, ports::PeerUid uid,
                                                std::string_view method, UtcTime now) const {
    if (held.row.uid != uid) return TokenFault::OtherUid;
    if (held.row.revoked_at) return TokenFault::Revoked;
    if (now >= held.row.expires_at) return TokenFault::TooOld;
    if (!covers(held.row.patterns, method)) return TokenFault::OutOfScope;
    return std::nullopt;
}

// The bucket holds a minute's calls; of it only the instant is kept at which it will be full.
RobotTokens::Found RobotTokens::use(std::string_view token, ports::PeerUid uid,
                                    std::string_view method, UtcTime now) {
    const auto hash = token_hash(kRobotPrefix, token);
    if (!hash) return TokenFault::Malformed;
    const auto found = by_token_.find(*hash);
    if (found == by_token_.end()) return TokenFault::Unknown;
    Held& held = tokens_.find(found->second)->second;
    if (const auto fault = fault_of(held, uid, method, now)) return *fault;
    // A clock that was set back costs no more than a full bucket.
    held.full_at = std::clamp(held.full_at, now, now + kMinute);
    const UtcTime full_at = held.full_at + kMinute / held.row.calls_per_minute;
    if (full_at > now + kMinute) return TokenFault::TooMany;
    held.full_at = full_at;
    held.row.last_used_at = now;
    if (now - held.stored_use >= kMinute) changed_.insert(held.row.id);
    return &held.row;
}

const ports::RobotTokenRow* RobotTokens::known(std::string_view token, ports::PeerUid uid,
                                               UtcTime now) const {
    const auto hash = token_hash(kRobotPrefix, token);
    const auto found = hash ? by_token_.find(*hash) : by_token_.end();
    if (found == by_token_.end()) return nullptr;
    const ports::RobotTokenRow& row = tokens_.find(found->second)->second.row;
    return row.uid == uid && in_force(row, now) ? &row : nullptr;
}

const ports::RobotTokenRow* RobotTokens::by_id(TokenId id, UtcTime now) const {
    const auto at = tokens_.find(id);
    return at == tokens_.end() || !in_force(at->second.row, now) ? nullptr : &at->second.row;
}

std::vector<ports::RobotTokenRow> RobotTokens::list(UserId user) const {
    std::vector<ports::RobotTokenRow> rows;
    for (const auto& [id, held] : tokens_)
        if (held.row.user == user) rows.push_back(held.row);
    return rows;
}

std::optional<ports::RobotTokenRow> RobotTokens::revoked(UserId user, TokenId id,
                                                         UtcTime now) const {
    const auto at = tokens_.find(id);
    if (at == tokens_.end() || at->second.row.user != user || !in_force(at->second.row, now))
        return std::nullopt;
    ports::RobotTokenRow row = at->second.row;
    row.revoked_at = now;
    return row;
}

std::vector<ports::RobotTokenRow> RobotTokens::take_changes() {
    std::vector<ports::RobotTokenRow> rows;
    for (const TokenId id : changed_) {
        Held& held = tokens_.at(id);
        held.stored_use = held.row.last_used_at.value_or(held.stored_use);
        rows.push_back(held.row);
    }
    changed_.clear();
    return rows;
}

}  // namespace vault::identity

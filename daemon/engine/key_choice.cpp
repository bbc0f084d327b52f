#include "daemon/engine/key_choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <vector>

namespace vault::engine {
namespace {

using ports::ApiKeyRow;
using Keys = std::span<const ApiKeyRow>;

// The key that takes this one's place, or nullptr. Replacements have higher ids, so that following
// them ends even if rows make no sense.
const ApiKeyRow* replacement_of(Keys keys, const ApiKeyRow& key) {
    if (!key.replaced_by || *key.replaced_by <= key.id) return nullptr;
    const ApiKeyRow* const next = find_key(keys, *key.replaced_by);
    return next != nullptr && next->account == key.account ? next : nullptr;
}

bool is_superseded(Keys keys, const ApiKeyRow& key) {
    for (const ApiKeyRow* next = replacement_of(keys, key); next != nullptr;
         next = replacement_of(keys, *next))
        if (is_usable(next->state)) return true;
    return false;
}

// Usable keys of the account by id, without those whose place another has taken.
std::vector<const ApiKeyRow*> candidates(Keys keys, AccountId account) {
    std::vector<const ApiKeyRow*> found;
    for (const ApiKeyRow& key : keys)
        if (key.account == account && is_usable(key.state) && !is_superseded(keys, key))
            found.push_back(&key);
    std::ranges::sort(found, {}, &ApiKeyRow::id);
    return found;
}

ApiKeyId healthiest(const std::vector<const ApiKeyRow*>& among) {
    const auto rank = [](const ApiKeyRow* key) {
        const int left = key->health.rate_left_pct.value_or(100);
        return std::tuple{key->health.recent_errors(), -left, key->id};
    };
    return (*std::ranges::min_element(among, {}, rank))->id;
}

std::string name_of(const ApiKeyRow& key) {
    std::string text = fmt::format("{} is {}", to_text(key.id), to_text(key.state));
    if (!key.state_reason.empty()) return text + " (" + key.state_reason + ")";
    if (key.state == ports::KeyState::New) text += " (not validated yet)";
    return text;
}

// What would make the key usable; empty if nothing would.
std::string advice_on(const ApiKeyRow& key) {
    if (key.state == ports::KeyState::Retired) return {};
    return "vaultctl key validate " + to_text(key.id);
}

Error none_usable(Keys keys, AccountId account) {
    std::string states, advice;
    for (const ApiKeyRow& key : keys) {
        if (key.account != account) continue;
        states += (states.empty() ? "" : "; ") + name_of(key);
        if (advice.empty()) advice = advice_on(key);
    }
    if (advice.empty()) advice = "vaultctl key add --account " + to_text(account);
    if (states.empty())
        return Error{Errc::WrongState, fmt::format("account {} has no API key", to_text(account)),
                     "key", advice};
    return Error{Errc::WrongState,
                 fmt::format("no API key of account {} can be used: {}", to_text(account), states),
                 "key", advice};
}

// The pinned key, the keys that it replaces and those that replace it. Rows that name each other
// come in any order, so they are gone through until nothing is added.
std::vector<const ApiKeyRow*> line_of(Keys keys, const ApiKeyRow& pinned) {
    std::vector<const ApiKeyRow*> line{&pinned};
    const auto has = [&](const ApiKeyRow* key) { return std::ranges::count(line, key) > 0; };
    for (bool grows = true; grows;) {
        grows = false;
        for (const ApiKeyRow& key : keys) {
            const ApiKeyRow* const next = replacement_of(keys, key);
            if (next == nullptr || has(&key) == has(next)) continue;
            line.push_back(has(next) ? &key : next);
            grows = true;
        }
    }
    return line;
}

Result<ApiKeyId> choose_pinned(Keys keys, AccountId account, const ports::KeyPolicyRow& policy) {
    const std::string other =
        fmt::format("vaultctl key policy {} health, or pin another key", to_text(policy.vault));
    const ApiKeyRow* const pinned = policy.pinned ? find_key(keys, *policy.pinned) : nullptr;
    if (pinned == nullptr || pinned->account != account)
        return Error{Errc::WrongState,
                     policy.pinned ? fmt::format("the pinned API key {} is none of account {}",
                                                 to_text(*policy.pinned), to_text(account))
                                   : "no API key is pinned",
                     "key", other};
    const ApiKeyRow* newest = nullptr;
    for (const ApiKeyRow* key : line_of(keys, *pinned))
        if (is_usable(key->state) && (newest == nullptr || key->id > newest->id)) newest = key;
    if (newest != nullptr) return newest->id;
    const std::string advice = advice_on(*pinned);
    return Error{Errc::WrongState, "the pinned API key " + name_of(*pinned), "key",
                 advice.empty() ? other : advice + "; or " + other};
}

}  // namespace

const ApiKeyRow* find_key(Keys keys, ApiKeyId id) {
    const auto found = std::ranges::find(keys, id, &ApiKeyRow::id);
    return found == keys.end() ? nullptr : &*found;
}

Result<ApiKeyId> choose_key(Keys keys, AccountId account, const ports::KeyPolicyRow& policy,
                            std::uint64_t turn) {
    if (policy.policy == ports::KeyPolicy::Pinned) return choose_pinned(keys, account, policy);
    const std::vector<const ApiKeyRow*> usable = candidates(keys, account);
    if (usable.empty()) return none_usable(keys, account);
    switch (policy.policy) {
        case ports::KeyPolicy::RoundRobin: return usable[turn % usable.size()]->id;
        case ports::KeyPolicy::Health: return healthiest(usable);
        case ports::KeyPolicy::Pinned: break;  // chosen above
    }
    return none_usable(keys, account);
}

}  // namespace vault::engine

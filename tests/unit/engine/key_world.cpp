#include "tests/unit/engine/key_world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace vault::engine::test {
namespace {

constexpr std::size_t kMostKeys = 14;
constexpr std::uint32_t kVaults = 6;

std::string name_of(const KeyEvent& event) {
    static constexpr std::array names{"validated",      "validation failed",
                                      "call succeeded", "call failed",
                                      "retire",         "revalidation due"};
    return names[event.index()];
}

// What the design asks of a key that may be used, written down apart from the machine.
bool is_fit(const ApiKeyRow& row, const ev::Validated& event, UtcTime now) {
    const KeyFindings& found = event.findings;
    return found.signature_accepted && found.rights.query_funds && found.rights.trade &&
           (!found.rights.withdraw || row.allow_withdrawal) &&
           (!found.expires_at || *found.expires_at > now) && event.account == AccountMatch::Fits;
}

bool is_auth_error(const KeyEvent& event) {
    if (const auto* call = std::get_if<ev::CallFailed>(&event))
        return call->kind == KeyFailure::Auth;
    if (const auto* failed = std::get_if<ev::ValidationFailed>(&event))
        return failed->kind == KeyFailure::Auth;
    const auto* validated = std::get_if<ev::Validated>(&event);
    return validated != nullptr && !validated->findings.signature_accepted;
}

}  // namespace

KeyWorld::KeyWorld(std::uint64_t seed) : seed_(seed), random_(seed) {
    for (const std::uint32_t account : {1U, 2U, 1U})
        add_key(AccountId{account});
    for (std::uint32_t id = 1; id <= kVaults; ++id)
        policies_.push_back({.vault = VaultId{id},
                             .policy = static_cast<KeyPolicy>(id % 3),
                             .pinned = ApiKeyId{account_of(VaultId{id}).value}});
}

bool KeyWorld::run(int steps) {
    for (int i = 0; i < steps && failure_.empty(); ++i)
        step();
    return failure_.empty();
}

void KeyWorld::step() {
    now_ += Duration{static_cast<std::int64_t>(chance(5) ? roll(30 * 3'600'000ULL)
                                                         : roll(chance(50) ? 1'000 : 600'000))};
    const std::uint64_t kind = roll(100);
    if (kind < 50)
        call();
    else if (kind < 62)
        validate(any_key());
    else if (kind < 80)
        validate_due();
    else if (kind < 92)
        rotate();
    else
        person();
    check_choices();
}

// A vault's call goes out with the key that is chosen, and ends now; or one that went out long ago
// ends, with whatever has become of its key.
void KeyWorld::call() {
    const KeyPolicyRow& policy = policies_[roll(policies_.size())];
    const auto chosen = choose_key(keys_, account_of(policy.vault), policy, turns_[policy.vault]++);
    if (!chosen) note("call without a key");
    const ApiKeyId id = chosen && chance(85) ? chosen.value() : any_key();
    const bool bad_times = roll(seed_ % 7 + 2) == 0;
    if (!bad_times) return apply(id, ev::CallSucceeded{roll(500'000), std::nullopt});
    for (std::uint64_t i = roll(5) + 1; i > 0; --i)
        apply(id,
              ev::CallFailed{any_failure(), "call refused",
                             chance(30) ? std::optional<std::uint8_t>{roll(256)} : std::nullopt});
}

KeyFailure KeyWorld::any_failure() {
    return static_cast<KeyFailure>(roll(4));
}

KeyFindings KeyWorld::any_findings() {
    KeyFindings findings = fit();
    findings.latency_us = roll(2'000'000);
    findings.account_identity.clear();
    if (healed_ || chance(50)) return findings;
    findings.signature_accepted = !chance(35);
    findings.rights = {.query_funds = !chance(15), .trade = !chance(15), .withdraw = chance(25)};
    if (chance(30))
        findings.expires_at = now_ + Duration{static_cast<std::int64_t>(roll(60 * 86'400'000ULL)) -
                                              10 * 86'400'000LL};
    return findings;
}

void KeyWorld::validate(ApiKeyId id) {
    if (!healed_ && chance(20)) return apply(id, ev::ValidationFailed{any_failure(), "no answer"});
    AccountMatch match = AccountMatch::Fits;
    if (!healed_ && chance(6))
        match = chance(50) ? AccountMatch::OtherAccount : AccountMatch::TakenElsewhere;
    apply(id, ev::Validated{any_findings(), match});
}

// What a driver does on its timers; the row alone says what is due, so a restart loses nothing.
void KeyWorld::validate_due() {
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        if (!is_check_due(keys_[i], now_)) continue;
        apply(keys_[i].id, ev::RevalidationDue{});
        if (healed_ || chance(80))
            validate(keys_[i].id);
        else
            note("a validation lost by a crash");
    }
}

void KeyWorld::add_key(AccountId account) {
    ApiKeyRow row = new_row(static_cast<std::uint32_t>(keys_.size() + 1), account);
    row.created_at = row.state_since = now_;
    row.next_check_at = now_;
    if (chance(20)) row.allow_withdrawal = ports::WithdrawalPermit{"alice", now_};
    keys_.push_back(row);
}

void KeyWorld::store(const RotationStep& step) {
    for (const ApiKeyRow& row : step.keys)
        row_of(row.id) = row;
    for (const KeyPolicyRow& row : step.policies)
        policies_[row.vault.value - 1] = row;
}

void KeyWorld::rotation_step(ApiKeyId old_key) {
    const std::vector<ApiKeyRow> before = keys_;
    const std::uint64_t in_flight = healed_ ? 0 : roll(3);
    std::vector<KeyPolicyRow> of_account;
    for (const KeyPolicyRow& policy : policies_)
        if (account_of(policy.vault) == row_of(old_key).account) of_account.push_back(policy);
    const RotationStep step = next_rotation_step(keys_, of_account, old_key, in_flight, now_);
    note(fmt::format("rotation of {}: {}", to_text(old_key), to_text(step.stage)));
    ++seen_[fmt::format("rotation {}", to_text(step.stage))];
    store(step);
    for (const ApiKeyRow& was : before) {
        Model& model = models_[was.id];
        const ApiKeyRow& is = row_of(was.id);
        if (was.state == KeyState::Retired) require(was == is, "a retired key was changed");
        if (is.state == KeyState::Retired && was.state != is.state) {
            require(in_flight == 0, "retired while calls were under way");
            require(is_usable(row_of(*is.replaced_by).state), "retired before the new one works");
            model.retired = is;
        }
    }
}

void KeyWorld::rotate() {
    if (keys_.size() < kMostKeys && chance(40)) {
        const ApiKeyId old_key = any_key();
        add_key(row_of(old_key).account);
        const auto begun = begin_rotation(keys_, old_key, keys_.back().id);
        ++seen_[begun ? "rotation begun" : "rotation refused"];
        note(fmt::format("begin to rotate {}", to_text(old_key)));
        if (begun) row_of(old_key) = begun.value();
        return;
    }
    for (std::size_t i = 0; i < keys_.size(); ++i)
        if (keys_[i].replaced_by && chance(70)) rotation_step(keys_[i].id);
}

void KeyWorld::person() {
    if (chance(25)) return apply(any_key(), ev::Retire{"by alice"});
    if (chance(30)) return apply(any_key(), ev::RevalidationDue{});
    KeyPolicyRow& policy = policies_[roll(policies_.size())];
    policy.policy = static_cast<KeyPolicy>(roll(3));
    for (const ApiKeyRow& row : keys_)
        if (row.account == account_of(policy.vault) && chance(40)) policy.pinned = row.id;
    note(fmt::format("policy of {}", to_text(policy.vault)));
}

void KeyWorld::apply(ApiKeyId id, const KeyEvent& event) {
    const ApiKeyRow before = row_of(id);
    note(fmt::format("{} {}: {}", to_text(id), to_text(before.state), name_of(event)));
    const KeyStep after = next_key(before, event, now_);
    const KeyStep again = next_key(before, event, now_);
    require(after.row == again.row && after.effects == again.effects, "not the same twice");
    count(models_[id], event);
    check_step(before, event, after);
    check_effects(before, event, after);
    row_of(id) = after.row;
    check_row(after.row);
    ++seen_[fmt::format("{} -> {}", to_text(before.state), to_text(after.row.state))];
}

void KeyWorld::count(Model& model, const KeyEvent& event) {
    const auto ended = [&](bool failed) {
        ++model.calls;
        model.errors += failed ? 1 : 0;
        model.recent.push_back(failed);
        if (model.recent.size() > 32) model.recent.pop_front();
    };
    const auto* good = std::get_if<ev::CallSucceeded>(&event);
    const auto* found = std::get_if<ev::Validated>(&event);
    const bool succeeded = good != nullptr || (found != nullptr && !is_auth_error(event));
    if (succeeded) {
        const std::uint64_t latency =
            good != nullptr ? good->latency_us : found->findings.latency_us;
        model.least_latency = std::min(model.least_latency, latency);
        model.most_latency = std::max(model.most_latency, latency);
        model.auth_in_row = 0;
        ended(false);
    } else if (is_auth_error(event)) {
        ++model.auth_in_row;
        ended(true);
    } else if (std::holds_alternative<ev::ValidationFailed>(event) ||
               std::holds_alternative<ev::CallFailed>(event)) {
        ended(true);
    }
}

void KeyWorld::check_step(const ApiKeyRow& before, const KeyEvent& event, const KeyStep& after) {
    Model& model = models_[before.id];
    const ApiKeyRow& row = after.row;
    const auto* found = std::get_if<ev::Validated>(&event);
    const bool fits = found != nullptr && is_fit(before, *found, now_);
    if (before.state == KeyState::Retired) {
        ApiKeyRow same = row;
        same.health = model.retired->health;
        require(same == *model.retired, "a retired key was changed");
        return;
    }
    if (row.state == KeyState::Retired) {
        require(std::holds_alternative<ev::Retire>(event), "retired without a word");
        model.retired = row;
        return;
    }
    if (fits) {
        require(row.state == KeyState::Valid, "validated, but not valid");
        model.recent.clear();
    }
    require(row.state != KeyState::New || before.state == KeyState::New, "new again");
    if (is_usable(row.state) && !is_usable(before.state))
        require(fits, "used without a validation");
    if (row.state == KeyState::Quarantined && before.state != KeyState::Quarantined) {
        const bool unfit =
            found != nullptr && !fits && (!is_auth_error(event) || found->findings.expires_at);
        require(unfit || (is_auth_error(event) && model.auth_in_row >= 3),
                "quarantined without reason");
        require(before.state != KeyState::New, "a new key was quarantined");
        ++seen_[unfit ? "quarantined as unfit" : "quarantined by auth errors"];
    }
    if (found != nullptr && !fits && !is_auth_error(event))
        require(!is_usable(row.state), "used although it is unfit");
    if (row.state == KeyState::Degraded && before.state != KeyState::Degraded)
        require(std::ranges::count(model.recent, true) >= 8, "degraded without reason");
}

void KeyWorld::check_effects(const ApiKeyRow& before, const KeyEvent& event, const KeyStep& after) {
    std::size_t alerts = 0;
    std::optional<UtcTime> validate_at;
    for (const KeyEffect& effect : after.effects) {
        if (std::holds_alternative<Alert>(effect)) ++alerts;
        if (const auto* validate = std::get_if<Validate>(&effect)) validate_at = validate->when;
    }
    const ApiKeyRow& row = after.row;
    if (std::holds_alternative<ev::RevalidationDue>(event))
        require(row.state == KeyState::Retired ? !validate_at : validate_at == now_,
                "a due validation is not made");
    else if (validate_at)
        require(validate_at == row.next_check_at && *validate_at > now_, "effect and row differ");
    else
        require(!row.next_check_at || row.next_check_at == before.next_check_at,
                "a validation was moved and nobody told");
    if (row.state == KeyState::Quarantined && before.state != KeyState::Quarantined)
        require(alerts == 1, "quarantined without an alert");
    else if (row.state != KeyState::Valid)
        require(alerts == 0, "an alert about nothing");
}

void KeyWorld::check_row(const ApiKeyRow& row) {
    const Model& model = models_[row.id];
    const ports::KeyHealth& health = row.health;
    require(health.calls == model.calls, "calls");
    require(health.errors == model.errors && health.errors <= health.calls, "errors");
    require(health.auth_errors_in_row == model.auth_in_row, "auth errors in a row");
    require(health.recent_errors() ==
                static_cast<std::uint32_t>(std::ranges::count(model.recent, true)),
            "recent errors");
    if (health.last_success)
        require(health.latency_us >= model.least_latency && health.latency_us <= model.most_latency,
                "latency");
    require(health.rate_left_pct.value_or(0) <= 100, "rate budget");
    if (is_usable(row.state)) require(model.auth_in_row < 3, "used after three auth errors");
    if (is_usable(row.state) || row.state == KeyState::Quarantined)
        require(row.next_check_at && *row.next_check_at <= now_ + kCheckEvery,
                "nobody will ever validate it again");
}

// The pinned key and all that are tied to it by rotations.
std::vector<ApiKeyId> KeyWorld::line_of(ApiKeyId pinned) const {
    std::set<ApiKeyId> line{pinned};
    for (std::size_t round = 0; round < keys_.size(); ++round)
        for (const ApiKeyRow& row : keys_)
            if (row.replaced_by && (line.contains(row.id) || line.contains(*row.replaced_by)))
                line.insert({row.id, *row.replaced_by});
    return {line.begin(), line.end()};
}

void KeyWorld::check_choice(AccountId account, const KeyPolicyRow& policy) {
    std::set<ApiKeyId> usable;
    for (const ApiKeyRow& row : keys_)
        if (row.account == account && is_usable(row.state)) usable.insert(row.id);
    if (policy.policy == KeyPolicy::Pinned) {
        const std::vector<ApiKeyId> line = line_of(*policy.pinned);
        std::erase_if(usable, [&](ApiKeyId id) { return !std::ranges::count(line, id); });
    }
    for (std::uint64_t turn = 0; turn < 4; ++turn) {
        const auto choice = choose_key(keys_, account, policy, turn);
        require(choice.has_value() == !usable.empty(),
                choice ? "chosen although none can be used" : "a loop stopped for want of a key");
        if (!choice) {
            require(!choice.error().message().empty() && !choice.error().hint().empty(), "no why");
            continue;
        }
        require(usable.contains(choice.value()), "chosen, but cannot be used");
        const auto& next = row_of(choice.value()).replaced_by;
        require(!next || !usable.contains(*next), "the old key is chosen beside the new one");
        if (policy.policy == KeyPolicy::Pinned)
            require(choice.value() == *usable.rbegin(), "not the newest of the line");
    }
}

void KeyWorld::check_choices() {
    for (const KeyPolicyRow& policy : policies_)
        check_choice(account_of(policy.vault), policy);
}

bool KeyWorld::heal() {
    healed_ = true;
    for (int round = 0; round < 60 && failure_.empty(); ++round) {
        now_ += std::chrono::hours{1};
        for (std::size_t i = 0; i < keys_.size(); ++i) {
            if (keys_[i].state == KeyState::New) apply(keys_[i].id, ev::Validated{any_findings()});
            if (keys_[i].replaced_by) rotation_step(keys_[i].id);
        }
        validate_due();
        check_choices();
    }
    for (const ApiKeyRow& row : keys_) {
        require(row.state == KeyState::Valid || row.state == KeyState::Retired, "not mended");
        if (!row.replaced_by) continue;
        require(row.state == KeyState::Retired, "a rotation did not end");
        const bool works = is_usable(row_of(*row.replaced_by).state);
        for (const KeyPolicyRow& policy : policies_)
            require(!works || policy.policy != KeyPolicy::Pinned || policy.pinned != row.id,
                    "a vault was left behind");
    }
    return failure_.empty();
}

void KeyWorld::note(const std::string& what) {
    last_.push_back(fmt::format("{}  {}", format_utc(now_), what));
    if (last_.size() > 12) last_.pop_front();
}

void KeyWorld::require(bool holds, const std::string& what) {
    if (holds || !failure_.empty()) return;
    failure_ = fmt::format("seed {}: {}", seed_, what);
    for (const std::string& line : last_)
        failure_ += "\n  " + line;
    for (const ApiKeyRow& row : keys_)
        failure_ +=
            fmt::format("\n  {} {} {} -> {}", to_text(row.id), to_text(row.account),
                        to_text(row.state), row.replaced_by ? to_text(*row.replaced_by) : "-");
}

}  // namespace vault::engine::test

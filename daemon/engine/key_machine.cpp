#include "daemon/engine/key_machine.hpp"

#include "common/base/excerpt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace vault::engine {
namespace {

using ports::KeyFailure;
using ports::KeyState;

constexpr std::size_t kLongestMessage = 200;
constexpr std::uint64_t kLatencyShare = 8;  // of the average that the newest call makes up
constexpr std::uint64_t kLongestLatency = 3'600'000'000;  // us

std::string name_of(const ports::ApiKeyRow& row) {
    const std::string label = row.label.empty() ? std::string{} : fmt::format(" ({})", row.label);
    return fmt::format("API key {}{} of account {}", to_text(row.id), label, to_text(row.account));
}

// One step under way.
struct Stepper {
    ports::ApiKeyRow row;
    UtcTime now;
    std::optional<std::string> alert_text{};
    std::optional<UtcTime> validate_at{};

    void enter(KeyState state, std::string reason) {
        if (row.state != state) row.state_since = now;
        row.state = state;
        row.state_reason = std::move(reason);
    }
    void check_at(UtcTime when) {
        row.next_check_at = when;
        validate_at = when;
    }
    void check_by(UtcTime when) {
        if (!row.next_check_at || *row.next_check_at > when) check_at(when);
    }
    KeyStep finish() &&;

    void count_success(std::uint64_t latency_us);
    void count_failure(KeyFailure kind, const std::string& message);
    void quarantine(const std::string& why);
    void wait_for_owner(std::string why);
    void after_failed_call();
    void after_refused_check();
    void after_unfit(const std::string& why);
    void after_fit(const std::optional<ports::KeyCheck>& before);

    void on(const key_event::Validated& event);
    void on(const key_event::ValidationFailed& event);
    void on(const key_event::CallSucceeded& event);
    void on(const key_event::CallFailed& event);
    void on(const key_event::Retire& event);
    void on(const key_event::RevalidationDue& event);
};

void Stepper::count_success(std::uint64_t latency_us) {
    ports::KeyHealth& health = row.health;
    const std::uint64_t sample = std::min(latency_us, kLongestLatency);
    health.latency_us = health.last_success
                            ? (health.latency_us * (kLatencyShare - 1) + sample) / kLatencyShare
                            : sample;
    ++health.calls;
    health.recent <<= 1U;
    health.auth_errors_in_row = 0;
    health.last_success = now;
}

// A failure of another kind says nothing about the key's standing: it neither counts as a refusal
// nor ends a row of them.
void Stepper::count_failure(KeyFailure kind, const std::string& message) {
    ports::KeyHealth& health = row.health;
    ++health.calls;
    ++health.errors;
    health.recent = (health.recent << 1U) | 1U;
    const auto most = std::numeric_limits<std::uint32_t>::max();
    if (kind == KeyFailure::Auth && health.auth_errors_in_row < most) ++health.auth_errors_in_row;
    health.last_error =
        excerpt(message.empty() ? to_text(kind) : std::string_view{message}, kLongestMessage);
}

void Stepper::quarantine(const std::string& why) {
    enter(KeyState::Quarantined, why);
    alert_text = fmt::format(
        "{} is quarantined: {}. No call is made with it until this succeeds: "
        "vaultctl key validate {}",
        name_of(row), why, to_text(row.id));
    check_at(now + kCheckEvery);
}

void Stepper::after_failed_call() {
    if (!is_usable(row.state)) return;
    const ports::KeyHealth& health = row.health;
    if (health.auth_errors_in_row >= kAuthErrorsToQuarantine)
        return quarantine(fmt::format("refused {} times in a row, the last time with: {}",
                                      health.auth_errors_in_row, health.last_error));
    if (row.state != KeyState::Valid || health.recent_errors() < kErrorsToDegrade) return;
    enter(KeyState::Degraded, fmt::format("{} of its last 32 calls failed, the last with: {}",
                                          health.recent_errors(), health.last_error));
    check_by(now + kCheckDegradedAfter);
}

// A new key that was refused is not asked about again until a person says so.
void Stepper::wait_for_owner(std::string why) {
    enter(KeyState::New, std::move(why));
    row.next_check_at.reset();
}

// The exchange did not accept key and secret.
void Stepper::after_refused_check() {
    switch (row.state) {
        case KeyState::New:
            return wait_for_owner("refused by the exchange: " + row.health.last_error);
        case KeyState::Valid:
        case KeyState::Degraded:
            after_failed_call();
            if (is_usable(row.state)) check_at(now + kCheckRefusedAfter);
            return;
        case KeyState::Quarantined: check_at(now + kCheckEvery); return;
        case KeyState::Retired: return;
    }
}

void Stepper::after_unfit(const std::string& why) {
    switch (row.state) {
        case KeyState::New: return wait_for_owner(why);
        case KeyState::Valid:
        case KeyState::Degraded: return quarantine(why);
        case KeyState::Quarantined:
            enter(KeyState::Quarantined, why);
            check_at(now + kCheckEvery);
            return;
        case KeyState::Retired: return;
    }
}

void Stepper::after_fit(const std::optional<ports::KeyCheck>& before) {
    enter(KeyState::Valid, {});
    row.health.recent = 0;
    UtcTime next = now + kCheckEvery;
    if (const auto& expires_at = row.check->expires_at) {
        next = std::min(next, *expires_at);
        const bool told_today =
            before && before->expires_at == expires_at && floor_day(before->at) == floor_day(now);
        if (*expires_at - now <= kWarnOfExpiry && !told_today)
            alert_text = fmt::format("{} expires at {}; replace it before: vaultctl key rotate {}",
                                     name_of(row), format_utc(*expires_at), to_text(row.id));
    }
    check_at(next);
}

// What forbids the use of a key whose signature was accepted; empty: nothing.
std::string fault_of(const ports::ApiKeyRow& row, const key_event::Validated& event) {
    std::vector<std::string_view> faults;
    if (event.account == AccountMatch::TakenElsewhere)
        faults.emplace_back("its account at the exchange is in use here as another account");
    if (event.account == AccountMatch::OtherAccount)
        faults.emplace_back("it belongs to another account at the exchange than before");
    const ports::KeyRights& rights = event.findings.rights;
    if (!rights.query_funds) faults.emplace_back("it may not query funds");
    if (!rights.trade) faults.emplace_back("it may not trade");
    if (rights.withdraw && !row.allow_withdrawal)
        faults.emplace_back(
            "it can withdraw; take that right from it at the exchange, or accept "
            "it with --allow-withdrawal-permission");
    return fmt::format("{}", fmt::join(faults, "; "));
}

// Of a key that may be used, something to know.
std::string remark_on(const ports::ApiKeyRow& row, const ports::KeyFindings& findings) {
    if (!findings.rights.withdraw || !row.allow_withdrawal) return {};
    return "it can withdraw, which " + row.allow_withdrawal->by + " accepts";
}

void Stepper::on(const key_event::Validated& event) {
    const ports::KeyFindings& found = event.findings;
    if (found.signature_accepted)
        count_success(found.latency_us);
    else
        count_failure(KeyFailure::Auth, found.message);
    if (row.state == KeyState::Retired) return;
    row.checks_without_answer = 0;
    const std::optional<ports::KeyCheck> before = row.check;
    const bool expired = found.expires_at && *found.expires_at <= now;
    std::string fault;
    if (expired)
        fault = "it expired at " + format_utc(*found.expires_at);
    else if (!found.signature_accepted)
        fault = "refused by the exchange: " + row.health.last_error;
    else
        fault = fault_of(row, event);
    row.check = {.at = now,
                 .signature_accepted = found.signature_accepted,
                 .rights = found.rights,
                 .ip = found.ip,
                 .expires_at = found.expires_at,
                 .message = fault.empty() ? remark_on(row, found) : fault};
    if (!found.signature_accepted && !expired) return after_refused_check();
    if (!fault.empty()) return after_unfit(fault);
    if (!found.account_identity.empty()) row.account_identity = sha256(found.account_identity);
    after_fit(before);
}

Duration retry_after(std::uint32_t failures, KeyFailure kind) {
    Duration wait = kFirstRetry;
    for (std::uint32_t i = 1; i < failures && wait < kLongestRetry; ++i)
        wait *= 2;
    wait = std::min(wait, kLongestRetry);
    return kind == KeyFailure::Rate ? std::max(wait, kRetryAfterRateLimit) : wait;
}

void Stepper::on(const key_event::ValidationFailed& event) {
    count_failure(event.kind, event.message);
    if (row.state == KeyState::Retired) return;
    if (event.kind == KeyFailure::Auth) return after_refused_check();
    if (row.checks_without_answer < std::numeric_limits<std::uint32_t>::max())
        ++row.checks_without_answer;
    after_failed_call();
    check_at(now + retry_after(row.checks_without_answer, event.kind));
}

void Stepper::on(const key_event::CallSucceeded& event) {
    count_success(event.latency_us);
    if (event.rate_left_pct)
        row.health.rate_left_pct = std::min<std::uint8_t>(*event.rate_left_pct, 100);
    if (row.state == KeyState::Degraded && row.health.recent_errors() <= kErrorsToRecover)
        enter(KeyState::Valid, {});
}

void Stepper::on(const key_event::CallFailed& event) {
    count_failure(event.kind, event.message);
    if (event.rate_left_pct)
        row.health.rate_left_pct = std::min<std::uint8_t>(*event.rate_left_pct, 100);
    else if (event.kind == KeyFailure::Rate)
        row.health.rate_left_pct = 0;
    after_failed_call();
}

void Stepper::on(const key_event::Retire& event) {
    if (row.state == KeyState::Retired) return;
    enter(KeyState::Retired, event.why);
    row.next_check_at.reset();
}

// The time is moved on, not taken away: a validation whose end was lost is asked for again.
void Stepper::on(const key_event::RevalidationDue&) {
    if (row.state == KeyState::Retired) return;
    row.next_check_at = now + kAskAgainAfter;
    validate_at = now;
}

KeyStep Stepper::finish() && {
    KeyStep step{.row = std::move(row), .effects = {}};
    if (alert_text) step.effects.emplace_back(Alert{std::move(*alert_text)});
    if (validate_at) step.effects.emplace_back(Validate{*validate_at});
    return step;
}

}  // namespace

AccountMatch match_account(std::span<const ports::ApiKeyRow> keys, const ports::ApiKeyRow& row,
                           const ports::KeyFindings& findings) {
    if (findings.account_identity.empty()) return AccountMatch::Fits;
    const Digest told = sha256(findings.account_identity);
    AccountMatch match = AccountMatch::Fits;
    const auto compare = [&](const ports::ApiKeyRow& other) {
        if (!other.account_identity) return;
        const bool same = *other.account_identity == told;
        if (other.account == row.account && !same) match = AccountMatch::OtherAccount;
        if (other.account != row.account && same) match = AccountMatch::TakenElsewhere;
    };
    compare(row);
    for (const ports::ApiKeyRow& other : keys) {
        if (match != AccountMatch::Fits) break;
        compare(other);
    }
    return match;
}

KeyStep next_key(ports::ApiKeyRow row, const KeyEvent& event, UtcTime now) {
    Stepper step{.row = std::move(row), .now = now};
    std::visit([&](const auto& e) { step.on(e); }, event);
    return std::move(step).finish();
}

bool is_check_due(const ports::ApiKeyRow& row, UtcTime now) {
    if (row.state == KeyState::Retired || !row.next_check_at) return false;
    return *row.next_check_at <= now || *row.next_check_at - now > kCheckEvery;
}

}  // namespace vault::engine

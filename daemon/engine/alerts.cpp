#include "daemon/engine/alerts.hpp"

#include "daemon/engine/pair_watch.hpp"
#include "daemon/engine/recorder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace vault::engine {
namespace {

using ports::AlertRow;
using ports::DeliveryState;
using ports::Severity;

struct Advice {
    std::string_view kind;
    std::string_view next;  // {} is the subject, {v} its vault
    bool even_if_info = false;
};
constexpr std::array kAdvice{
    Advice{"vault_quarantined", "vaultctl ledger verify {}; then vaultctl vault show {}"},
    Advice{"cap_ended", "nothing: what it blocked goes on", true},
    Advice{"vault_underfunded", "vaultctl vault show {}; deposit, or free what is in the sleeves"},
    Advice{"position_unexplained", "vaultctl position list; then vaultctl position resolve {s}"},
    Advice{"unallocate_request_lapsed", "vaultctl sleeve show {s}"},
    Advice{"entry_corrected", "nothing, if you know of it; else vaultctl ledger list {v}"},
    Advice{"api_key", "vaultctl key list; then replace it: vaultctl key rotate {}"},
    Advice{"deposit_booked", "nothing; vaultctl vault show {} shows the new figures", true},
    Advice{"withdrawal_booked", "nothing, if you know of it; else halt: vaultctl halt", true},
    Advice{"script_gave_up", "mend the script; then vaultctl sleeve resume {s}"},
    Advice{"position_adopted", "nothing, if you know of it; else vaultctl ledger list {v}"},
    Advice{kLiquidationStuck, "vaultctl why-not-trading {v}"},
    Advice{"store_is_older",
           "compare with the exchanges; then vaultctl resume: accounts with an API key go on once "
           "their history was read"},
    Advice{"history_unread", "vaultctl account show {} tells how it stands, and what ends it"},
    Advice{"history_skipped", "nothing, if you know of it; else halt: vaultctl halt"},
    Advice{kPairNotTrading, "vaultctl why-not-trading {v}"},
    Advice{kPairTrading, "nothing: prices and orders go on", true},
    Advice{"price_refused", "vaultctl market prices {}; if it is right, the next ones confirm it"},
    Advice{"sleeve_idle", "vaultctl why-not-trading {v}"},
    Advice{"sleeve_idle_over", "nothing: the sleeve decides again"},
    Advice{"buys_stopped", "vaultctl doctor: make room on the disk, or see to the books"},
    Advice{"buys_go_on", "nothing: buys go on"},
    Advice{"loop_stuck", "vaultctl health; systemd restarts a daemon that stays so"},
    Advice{"heartbeat_unheard",
           "see to alerts.heartbeat_url or heartbeat_command, and who answers there"},
    Advice{"heartbeat_heard", "nothing: it is heard again"},
};

const Advice* advice_on(std::string_view kind) {
    const auto* const found = std::ranges::find(kAdvice, kind, &Advice::kind);
    return found == kAdvice.end() ? nullptr : found;
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
        text.replace(at, what.size(), with);
}

std::string next_step(const Advice* advice, const std::string& subject) {
    if (advice == nullptr) return "vaultctl events --severity warning";
    std::string text{advice->next};
    std::string words = subject;
    std::ranges::replace(words, '.', ' ');
    replace_all(text, "{v}", subject.substr(0, subject.find('.')));
    replace_all(text, "{s}", words);
    replace_all(text, "{}", subject);
    return text;
}

// A cap is ended at its own level: a sleeve's is of an account, a user's of none.
std::string after_trip(const ports::EventRow& event) {
    std::string words = event.object;
    std::ranges::replace(words, '.', ' ');
    if (event.owner.user == UserId{})
        return "vaultctl risk show; once you agree, as an admin: vaultctl resume";
    if (event.owner.account == AccountId{})
        return fmt::format("vaultctl risk show; once you agree: vaultctl resume --user {}", words);
    const std::string_view kind = words == event.object ? "vault" : "sleeve";
    return fmt::format("vaultctl {0} show {1}; once you agree: vaultctl {0} resume {1}", kind,
                       words);
}

// Users' alerts about one subject, as a pair, are not each other's.
std::string key_of(std::string_view kind, std::string_view subject, UserId user) {
    return fmt::format("{}\n{}\n{}", kind, subject, user.value);
}
std::string key_of(const AlertRow& row) {
    return key_of(row.kind, row.subject, row.user);
}

bool waits(const AlertRow& row) {
    return std::ranges::any_of(row.deliveries, [](const ports::Delivery& delivery) {
        return delivery.state == DeliveryState::Pending;
    });
}

bool wants(const ports::AlertRoute& route, const AlertRow& row) {
    if (row.severity < route.least) return false;
    return route.users.empty() ||
           std::ranges::find(route.users, row.user_name) != route.users.end();
}

std::optional<Severity> severity_of(const ports::EventRow& event, const Advice* advice) {
    if (event.severity == "alert") return Severity::Critical;
    if (event.severity == "warning") return Severity::Warning;
    if (advice != nullptr && advice->even_if_info) return Severity::Info;
    return std::nullopt;
}

void put_state(ports::Batch& batch, std::size_t slot, const AlertRow& row) {
    ports::StateRow state{std::string{kAlertState}, std::to_string(slot), save_alert(row)};
    const auto same = std::ranges::find_if(batch.states, [&](const ports::StateRow& other) {
        return other.kind == kAlertState && other.id == state.id;
    });
    if (same == batch.states.end())
        batch.states.push_back(std::move(state));
    else
        *same = std::move(state);
}

}  // namespace

std::size_t Alerts::take(AlertRow fresh, Duration repeat_after) {
    const auto known = latest_.find(key_of(fresh));
    if (known != latest_.end()) {
        AlertRow& row = slots_[known->second];
        const bool again = fresh.first_at - row.first_at < repeat_after &&
                           fresh.severity <= row.severity && !row.seen_at &&
                           fresh.kind != ports::kTestAlert;
        if (again) {
            ++row.count;
            row.last_at = std::max(row.last_at, fresh.last_at);
            row.message = std::move(fresh.message);
            return known->second;
        }
    }
    const std::size_t slot = slot_for_next();
    if (slot == slots_.size()) slots_.emplace_back();
    fresh.id = AlertId{++last_};
    const auto replaced = latest_.find(key_of(slots_[slot]));
    if (replaced != latest_.end() && replaced->second == slot) latest_.erase(replaced);
    slots_[slot] = std::move(fresh);
    remember(slot);
    return slot;
}

std::size_t Alerts::slot_for_next() const {
    if (slots_.size() < kKept) return slots_.size();
    const auto older = [](const AlertRow& a, const AlertRow& b) {
        return std::pair{waits(a), a.id} < std::pair{waits(b), b.id};
    };
    return static_cast<std::size_t>(std::ranges::min_element(slots_, older) - slots_.begin());
}

void Alerts::remember(std::size_t slot) {
    const auto [place, is_new] = latest_.emplace(key_of(slots_[slot]), slot);
    if (!is_new && slots_[place->second].id < slots_[slot].id) place->second = slot;
}

AlertRow* Alerts::find(AlertId id) {
    const auto row = std::ranges::find(slots_, id, &AlertRow::id);
    return id == AlertId{} || row == slots_.end() ? nullptr : &*row;
}

bool Alerts::is_open(std::string_view kind, std::string_view end, std::string_view subject,
                     UserId user) const {
    const auto latest = [&](std::string_view of) -> const AlertRow* {
        const auto found = latest_.find(key_of(of, subject, user));
        return found == latest_.end() ? nullptr : &slots_[found->second];
    };
    const AlertRow* const begun = latest(kind);
    const AlertRow* const ended = latest(end);
    return begun != nullptr && (ended == nullptr || ended->last_at < begun->last_at);
}

std::size_t Alerts::slot_of(const AlertRow& row) const {
    const auto found = std::ranges::find(slots_, row.id, &AlertRow::id);
    return static_cast<std::size_t>(found - slots_.begin());
}

void Alerts::put_back(std::size_t slot, AlertRow row) {
    if (slot >= slots_.size()) slots_.resize(slot + 1);
    last_ = std::max(last_, row.id.value);
    slots_[slot] = std::move(row);
    remember(slot);
}

std::optional<AlertRow> alert_of(const ports::EventRow& event, const World& world,
                                 const ports::AlertRules& rules, UtcTime now) {
    const Advice* const advice = advice_on(event.type);
    const auto severity = severity_of(event, advice);
    if (!severity) return std::nullopt;
    AlertRow row;
    row.severity = *severity;
    row.kind = event.type;
    row.subject = event.object;
    row.user = event.owner.user;
    if (const User* const user = world.find_user(row.user)) row.user_name = user->row.name;
    row.message = event.message;
    row.next =
        event.type == ports::kCapTripped ? after_trip(event) : next_step(advice, row.subject);
    row.first_at = row.last_at = now;
    for (const ports::AlertRoute& route : rules.routes)
        if (wants(route, row)) row.deliveries.push_back({.target = route.target});
    return row;
}

void raise_alerts(ports::Batch& batch, World& world, const ports::AlertRules& rules, UtcTime now) {
    std::set<std::size_t> changed;
    for (const ports::EventRow& event : batch.events) {
        auto row = alert_of(event, world, rules, now);
        if (row) changed.insert(world.alerts.take(std::move(*row), rules.repeat_after));
    }
    for (const std::size_t slot : changed)
        put_state(batch, slot, world.alerts.slots()[slot]);
}

ports::AlertPage alerts_in(const ports::Batch& batch, const World& world) {
    ports::AlertPage page;
    for (const ports::StateRow& state : batch.states)
        if (state.kind == kAlertState)
            page.rows.push_back(world.alerts.slots()[std::strtoull(state.id.c_str(), nullptr, 10)]);
    return page;
}

ports::AlertPage all_alerts(const World& world) {
    ports::AlertPage page{{}, true};
    for (const AlertRow& row : world.alerts.slots())
        if (row.id != AlertId{}) page.rows.push_back(row);
    return page;
}

}  // namespace vault::engine

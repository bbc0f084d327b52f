#include "daemon/engine/top_builder.hpp"

#include "daemon/engine/status_builder.hpp"
#include "daemon/engine/view_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vault::engine {
namespace {

using ports::TopSort;

// A live market that has been silent for longer shows prices that nobody should trust.
constexpr Duration kStaleAfter{60'000};

// What needs a person first; a state that is not named comes after all of them.
constexpr std::array<std::string_view, 6> kUrgency{"needs_attention", "underfunded", "liquidating",
                                                   "halted",          "pausing",     "paused"};

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool contains(std::string_view text, std::string_view part) {
    return std::search(text.begin(), text.end(), part.begin(), part.end(),
                       [](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

Decimal today_of(const World& world, const Vault& vault, const Sleeve& sleeve) {
    return -risk::loss_today(sleeve.day, vault.books.sleeve(sleeve.kind).realised,
                             unrealised_of(world, vault, sleeve));
}

Decimal unrealised_of(const World& world, const Vault& vault) {
    return unrealised_of(world, vault, vault.sleeve(SleeveKind::Quiet)) +
           unrealised_of(world, vault, vault.sleeve(SleeveKind::Flash));
}

Decimal realised_of(const Vault& vault) {
    return vault.books.sleeve(SleeveKind::Quiet).realised +
           vault.books.sleeve(SleeveKind::Flash).realised;
}

Decimal today_of(const World& world, const Vault& vault) {
    return today_of(world, vault, vault.sleeve(SleeveKind::Quiet)) +
           today_of(world, vault, vault.sleeve(SleeveKind::Flash));
}

std::size_t urgency_of(const World& world, const Vault& vault) {
    const std::string state = vault_state(world, vault);
    for (const Sleeve& sleeve : vault.sleeves)
        if (waits_for_a_person(sleeve)) return 0;
    return static_cast<std::size_t>(std::find(kUrgency.begin(), kUrgency.end(), state) -
                                    kUrgency.begin());
}

// By what a vault is ranked. Only one of both is set; less stands first.
struct Key {
    Decimal figure;
    std::string text;
    friend auto operator<=>(const Key&, const Key&) = default;
};

Key key_of(const World& world, const Vault& vault, TopSort sort) {
    switch (sort) {
        case TopSort::Id: return {};
        case TopSort::User: return {{}, world.user_of(vault).row.name};
        case TopSort::State:
            return {Decimal::from_int(static_cast<std::int64_t>(urgency_of(world, vault))), {}};
        case TopSort::Total: return {-vault.books.total(), {}};
        case TopSort::Tradeable: return {-vault.books.tradeable(), {}};
        case TopSort::Equity: return {-(vault.books.total() + unrealised_of(world, vault)), {}};
        case TopSort::Today: return {-today_of(world, vault), {}};
        case TopSort::Unrealised: return {-unrealised_of(world, vault), {}};
        case TopSort::Realised: return {-realised_of(vault), {}};
    }
    return {};
}

struct Ranked {
    Key key;
    const Vault* vault;
};

// Alerts, the worst first and never more than are shown; how many there are is counted all the
// same, without making the text of what is not shown.
class AlertList {
  public:
    enum Severity : std::uint8_t { Critical, Warning, Info };

    explicit AlertList(std::size_t most) : most_(most) {}

    template <class Object, class Message>
    void add(Severity severity, std::string_view kind, const Object& object, const Message& message,
             std::optional<UtcTime> since = std::nullopt) {
        ++count_;
        if (lists_[severity].size() >= most_) return;
        constexpr std::array<std::string_view, 3> kNames{"critical", "warning", "info"};
        lists_[severity].push_back(
            {std::string{kNames[severity]}, std::string{kind}, object(), message(), since});
    }
    std::uint32_t count() const { return count_; }
    std::vector<ports::TopAlert> take() {
        std::vector<ports::TopAlert> all;
        for (auto& list : lists_)
            for (ports::TopAlert& alert : list)
                if (all.size() < most_) all.push_back(std::move(alert));
        return all;
    }

  private:
    std::size_t most_;
    std::uint32_t count_ = 0;
    std::array<std::vector<ports::TopAlert>, 3> lists_;
};

class TopBuilder {
  public:
    TopBuilder(const World& world, const ports::cmd::ShowTop& ask, const ports::Visible& visible,
               UtcTime now)
        : world_(world), ask_(ask), visible_(visible), now_(now), alerts_(ask.limit) {}

    ports::TopView build();

  private:
    bool matches(const Vault& vault) const;
    void look_at(const Vault& vault);
    void rank();
    void add_rows();
    void wide_alerts();
    void stale_alerts();
    template <class Object>
    void hold_alert(const Object& object, const Hold& hold);
    template <class Object>
    void cap_alert(const Object& object, const LevelRisk& risk);
    void vault_alerts(const Vault& vault);
    void sleeve_alerts(const Vault& vault, const Sleeve& sleeve);
    ports::TopVault vault_row(const Vault& vault) const;
    ports::TopSleeve sleeve_row(const Vault& vault, const Sleeve& sleeve) const;
    void add_open(const Vault& vault);
    void add_decisions(const Vault& vault);

    const World& world_;
    const ports::cmd::ShowTop& ask_;
    const ports::Visible& visible_;
    UtcTime now_;
    AlertList alerts_;
    ports::TopView view_;
    std::vector<Ranked> ranked_;
    std::vector<const Vault*> open_;  // with positions or live orders
};

bool TopBuilder::matches(const Vault& vault) const {
    if (ask_.vault && *ask_.vault != vault.row.id) return false;
    if (ask_.account && *ask_.account != vault.row.account) return false;
    if (!ask_.user && ask_.match.empty()) return true;
    const std::string& user = world_.user_of(vault).row.name;
    if (ask_.user && *ask_.user != user) return false;
    if (ask_.match.empty()) return true;
    return contains(to_text(vault.row.id), ask_.match) || contains(user, ask_.match) ||
           contains(to_text(vault.row.account), ask_.match) ||
           contains(vault.row.asset.text(), ask_.match) ||
           contains(to_text(vault.row.mode), ask_.match) ||
           contains(vault_state(world_, vault), ask_.match);
}

void TopBuilder::look_at(const Vault& vault) {
    if (!matches(vault)) return;
    ++view_.matched.vaults;
    view_.matched.sleeves += 2;
    ranked_.push_back({key_of(world_, vault, ask_.sort), &vault});
    bool open = false;
    for (const Sleeve& sleeve : vault.sleeves) {
        for (const ledger::Position& position : vault.books.sleeve(sleeve.kind).positions) {
            if (position.coins().is_zero() && position.cost.is_zero()) continue;
            ++view_.matched.positions;
            open = true;
        }
        for (const Order& order : sleeve.orders) {
            if (!order.live()) continue;
            ++view_.matched.orders;
            open = true;
        }
    }
    if (open) open_.push_back(&vault);
    vault_alerts(vault);
}

// The first ask_.limit of the matching vaults in their order. Equal ones by id.
void TopBuilder::rank() {
    const std::size_t shown = std::min<std::size_t>(ranked_.size(), ask_.limit);
    const auto before = [this](const Ranked& a, const Ranked& b) {
        const auto order = ask_.reverse ? b.key <=> a.key : a.key <=> b.key;
        if (order != 0) return order < 0;
        const bool by_id = ask_.sort == TopSort::Id && ask_.reverse;
        return by_id ? b.vault->row.id < a.vault->row.id : a.vault->row.id < b.vault->row.id;
    };
    std::partial_sort(ranked_.begin(), ranked_.begin() + static_cast<std::ptrdiff_t>(shown),
                      ranked_.end(), before);
    ranked_.resize(shown);
}

void TopBuilder::add_rows() {
    for (const Ranked& row : ranked_) {
        view_.vaults.push_back(vault_row(*row.vault));
        for (const Sleeve& sleeve : row.vault->sleeves)
            view_.sleeves.push_back(sleeve_row(*row.vault, sleeve));
        add_open(*row.vault);
    }
    std::vector<const Vault*> shown;
    for (const Ranked& row : ranked_)
        shown.push_back(row.vault);
    std::sort(shown.begin(), shown.end());
    for (const Vault* vault : open_) {
        if (view_.positions.size() >= ask_.limit && view_.orders.size() >= ask_.limit) break;
        if (!std::binary_search(shown.begin(), shown.end(), vault)) add_open(*vault);
    }
    if (ask_.vault && !ranked_.empty()) add_decisions(*ranked_.front().vault);
}

ports::TopVault TopBuilder::vault_row(const Vault& vault) const {
    ports::TopVault row;
    row.id = vault.row.id;
    row.user = world_.user_of(vault).row.name;
    row.account = vault.row.account;
    row.asset = vault.row.asset;
    row.mode = vault.row.mode;
    row.state = vault_state(world_, vault);
    row.attention = vault.attention;
    row.alerts = vault.attention.empty() ? 0 : 1;
    for (const Sleeve& sleeve : vault.sleeves)
        if (waits_for_a_person(sleeve)) ++row.alerts;
    row.total = vault.books.total();
    row.tradeable = vault.books.tradeable();
    row.unrealised = unrealised_of(world_, vault);
    row.equity = row.total + row.unrealised;
    row.today = today_of(world_, vault);
    row.realised = realised_of(vault);
    row.now = world_.market_of(world_.account_of(vault)).now;
    return row;
}

ports::TopSleeve TopBuilder::sleeve_row(const Vault& vault, const Sleeve& sleeve) const {
    const ledger::SleeveBooks& books = vault.books.sleeve(sleeve.kind);
    ports::TopSleeve row;
    row.vault = vault.row.id;
    row.sleeve = sleeve.kind;
    row.user = world_.user_of(vault).row.name;
    row.asset = vault.row.asset;
    row.state = sleeve_state(world_, vault, sleeve);
    if (row.state == "idle") row.idle_reason = idle_reason(world_, vault, sleeve);
    if (row.state == "stuck") row.idle_reason = stuck_reason(vault, sleeve);
    if (row.state == "needs_attention") row.idle_reason = needed_attention(vault, sleeve);
    row.preset = sleeve.preset;
    row.cash = books.cash;
    row.locked = books.locked;
    row.pending = books.pending;
    row.positions_cost = vault.books.positions_cost(sleeve.kind);
    row.balance = vault.books.balance(sleeve.kind);
    row.unrealised = unrealised_of(world_, vault, sleeve);
    row.equity = row.balance + row.unrealised;
    row.today = today_of(world_, vault, sleeve);
    row.realised = books.realised;
    row.cycles = sleeve.cycles;
    if (sleeve.last_fill != UtcTime{}) row.last_fill_at = sleeve.last_fill;
    return row;
}

ports::TopOrder order_row(const Order& order) {
    const OrderRequest& asked = order.request;
    // Rounded as the order's row is (recorder.cpp).
    const auto budget = mul(asked.spend_fraction, asked.spend_base, Rounding::Up);
    ports::TopOrder row;
    row.id = asked.id;
    row.pair = asked.pair;
    row.side = asked.side;
    row.state = to_text(order.state);
    row.reason = order.reason;
    row.requested = asked.side == Side::Sell ? asked.quantity.value
                    : budget                 ? budget.value()
                                             : asked.spend_base;
    row.filled_quantity = order.filled;
    row.filled_cost = order.cost;
    row.fee = order.fees;
    row.decided_at = asked.decided_at;
    return row;
}

void TopBuilder::add_open(const Vault& vault) {
    for (const Sleeve& sleeve : vault.sleeves) {
        for (ports::PositionView& position : positions_of(world_, vault, sleeve))
            if (view_.positions.size() < ask_.limit) view_.positions.push_back(std::move(position));
        for (const Order& order : sleeve.orders)
            if (order.live() && view_.orders.size() < ask_.limit)
                view_.orders.push_back(order_row(order));
    }
}

void TopBuilder::add_decisions(const Vault& vault) {
    for (const Sleeve& sleeve : vault.sleeves) {
        for (const PairSlot& slot : sleeve.slots) {
            const auto add = [&](std::string_view check, const DecisionMemory& last) {
                if (last.reason == ports::Reason::None && last.action == ports::Action::Hold)
                    return;  // the check has not been made yet
                view_.decisions.push_back({vault.row.id, sleeve.kind, slot.pair, std::string{check},
                                           std::string{to_text(last.action)},
                                           std::string{to_text(last.reason)}, last.repeats});
            };
            add("buy", slot.last_buy);
            add("sell", slot.last_sell);
        }
    }
}

template <class Object>
void TopBuilder::hold_alert(const Object& object, const Hold& hold) {
    if (hold.kind == HoldKind::None) return;
    const auto message = [&] {
        return hold.why.empty()
                   ? fmt::format("{} by {}", to_text(hold.kind), hold.by)
                   : fmt::format("{} by {}: {}", to_text(hold.kind), hold.by, hold.why);
    };
    alerts_.add(AlertList::Warning, to_text(hold.kind), object, message, hold.since);
}

// Of a level above the sleeves.
template <class Object>
void TopBuilder::cap_alert(const Object& object, const LevelRisk& risk) {
    if (risk.capped_by.empty()) return;
    alerts_.add(AlertList::Warning, "risk_cap", object, [&] {
        return fmt::format("{} was reached: it blocks {}", risk.capped_by,
                           risk::blocked_words(risk::on_trip(risk.caps, risk.capped_by)));
    });
}

void TopBuilder::vault_alerts(const Vault& vault) {
    const auto id = [&] { return to_text(vault.row.id); };
    if (!vault.attention.empty())
        alerts_.add(AlertList::Critical, "needs_attention", id, [&] {
            return fmt::format(
                "the vault was stopped: {}; check it, then: vaultctl vault resume {}",
                vault.attention, id());
        });
    if (vault.books.underfunded())
        alerts_.add(AlertList::Warning, "underfunded", id,
                    [&] {
                        return vault.books.shortfall().is_zero()
                       ? std::string{"a late fill cost more than the sleeve had: no buys"}
                       : fmt::format("{} {} are missing on the exchange: no buys",
                                     vault.books.shortfall().text(), vault.row.asset.text());
                    });
    hold_alert(id, vault.hold);
    cap_alert(id, vault.risk);
    for (const Sleeve& sleeve : vault.sleeves)
        sleeve_alerts(vault, sleeve);
}

void TopBuilder::sleeve_alerts(const Vault& vault, const Sleeve& sleeve) {
    const auto name = [&] { return sleeve_name(vault, sleeve.kind); };
    const auto unexplained = [](const PairSlot& slot) { return !slot.attention.empty(); };
    if (std::ranges::any_of(sleeve.slots, unexplained))
        alerts_.add(AlertList::Critical, "needs_attention", name,
                    [&] { return needed_attention(vault, sleeve); });
    for (const Order& order : sleeve.orders)
        if (order.state == OrderState::Unresolved)
            alerts_.add(AlertList::Critical, "unresolved_order", name, [&] {
                return fmt::format("nobody knows what became of the order {}",
                                   to_text(order.request.id));
            });
    for (const PairSlot& slot : sleeve.slots)
        if (is_stuck(slot))
            alerts_.add(waits_for_a_person(sleeve, slot) ? AlertList::Critical : AlertList::Warning,
                        "stuck", name, [&] { return stuck_reason(vault, sleeve, slot); });
    if (!sleeve.capped_by.empty())
        alerts_.add(AlertList::Info, "risk_cap", name,
                    [&] { return fmt::format("no buys: {} was reached", sleeve.capped_by); });
    hold_alert(name, sleeve.hold);
}

// Of the daemon and of users.
void TopBuilder::wide_alerts() {
    const auto daemon = [] { return std::string{}; };
    hold_alert(daemon, world_.daemon_hold);
    cap_alert(daemon, world_.daemon_risk);
    if (!world_.no_buys.empty())
        alerts_.add(AlertList::Critical, "no_buys", daemon,
                    [&] { return "buys are stopped: " + world_.no_buys; });
    for (const User& user : world_.users)
        if ((!ask_.user || *ask_.user == user.row.name) && sees(world_, visible_, user.row.id)) {
            const auto name = [&] { return user.row.name; };
            hold_alert(name, user.hold);
            cap_alert(name, user.risk);
        }
    for (const Account& account : world_.accounts) {
        const User& owner = world_.users[account.row.user.value - 1];
        if ((!ask_.user || *ask_.user == owner.row.name) && sees(world_, visible_, owner.row.id))
            hold_alert([&] { return to_text(account.row.id); }, account.hold);
    }
    stale_alerts();
}

// A replay's clock is its own; a live price has the wall clock to keep up with.
void TopBuilder::stale_alerts() {
    for (const Market& market : world_.markets) {
        if (market.exchange.empty()) continue;
        for (const auto& [pair, at] : market.pairs) {
            if (at.listeners.empty() || (at.last && now_ - at.last->time <= kStaleAfter)) continue;
            const auto name = [&p = pair] { return p.text(); };
            alerts_.add(AlertList::Warning, "stale_price", name, [&, &m = at] {
                return m.last ? fmt::format("{}: the last price of {} is of {}", market.exchange,
                                            name(), format_utc(m.last->time))
                              : fmt::format("{}: {} has no price yet", market.exchange, name());
            });
        }
    }
}

ports::TopView TopBuilder::build() {
    view_.status = status_but_vaults(world_, visible_);
    view_.activity = world_.activity;
    wide_alerts();
    for (const Vault& vault : world_.vaults) {
        if (!sees(world_, visible_, vault.row.user)) continue;
        count_vault(view_.status, world_, vault);
        look_at(vault);
    }
    rank();
    add_rows();
    view_.matched.alerts = alerts_.count();
    view_.alerts = alerts_.take();
    return std::move(view_);
}

}  // namespace

ports::TopView top_of(const World& world, const ports::cmd::ShowTop& ask,
                      const ports::Visible& visible, UtcTime now) {
    return TopBuilder{world, ask, visible, now}.build();
}

}  // namespace vault::engine

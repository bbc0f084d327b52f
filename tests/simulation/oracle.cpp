#include "tests/simulation/oracle.hpp"

#include "daemon/ledger/invariants.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace vault::simulation {
namespace {

namespace cmd = ports::cmd;
using Level = cmd::Target::Level;

constexpr std::size_t kComplaintsMax = 20;

boost::json::object body_of(const ports::StateRow& row) {
    boost::system::error_code status;
    boost::json::value value = boost::json::parse(row.body, status);
    return value.is_object() ? value.as_object() : boost::json::object{};
}

std::string event_text(const ports::EventRow& row) {
    return fmt::format("{} {} {} {} {} {}", format_utc(row.at), row.severity, row.type, row.object,
                       row.message, row.data_json);
}

bool same_level(const cmd::Target& a, const cmd::Target& b) {
    return a.level == b.level && a.vault == b.vault && a.user == b.user &&
           (a.level != Level::Sleeve || a.sleeve == b.sleeve);
}

}  // namespace

Oracle::Oracle(const Plan& plan)
    : plan_(plan), calls_([this](std::string what) { complain(std::move(what)); }) {}

void Oracle::complain(std::string what) {
    if (complaints_.size() < kComplaintsMax)
        complaints_.push_back(fmt::format("batch {}: {}", batch_.value, what));
}

// FNV-1a over everything that anybody can see.
void Oracle::mix(std::string_view text) {
    for (const char c : text) {
        trace_ ^= static_cast<unsigned char>(c);
        trace_ *= 0x100000001b3ULL;
    }
}

PlainBooks* Oracle::books_of(VaultId vault) {
    const auto found = books_.find(vault);
    return found == books_.end() ? nullptr : &found->second;
}

void Oracle::on_batch(const ports::Batch& batch) {
    batch_ = batch.n;
    mix(fmt::format("batch {} of {} rows", batch.n.value, batch.row_count()));
    for (const ports::UserRow& row : batch.users)
        user_names_[row.id] = row.name;
    for (const ports::VaultRow& row : batch.vaults) {
        vaults_[row.id] = row;
        books_.emplace(row.id, PlainBooks{row.asset});
    }
    read_events(batch);
    read_entries(batch);
    read_fills(batch);
    read_orders(batch);
    read_replies(batch);
    compare_balances(batch);
    compare_wallets(batch);
}

void Oracle::read_events(const ports::Batch& batch) {
    for (const ports::EventRow& row : batch.events) {
        if (row.seq != events_.size() + 1)
            complain(fmt::format("event {} follows event {}", row.seq, events_.size()));
        events_.push_back(event_text(row));
        if (row.type == "position_unexplained") accounts_[row.owner.account].explained = false;
    }
    count_events(batch);
}

// Whoever follows the log sees every fill, close of a cycle, sweep, movement and hold.
void Oracle::count_events(const ports::Batch& batch) {
    const auto of_type = [&](auto&& fits) {
        return static_cast<std::size_t>(std::ranges::count_if(
            batch.events, [&](const ports::EventRow& row) { return fits(row.type); }));
    };
    const auto expect = [&](const char* type, std::size_t rows) {
        const std::size_t told = of_type([&](const std::string& name) { return name == type; });
        if (told != rows) complain(fmt::format("{} rows, but {} events {}", rows, told, type));
    };
    expect("fill", batch.fills.size());
    expect("cycle_closed", batch.cycles.size());
    const std::size_t orders =
        of_type([](const std::string& name) { return name.starts_with("order_"); });
    if (orders != batch.orders.size())
        complain(fmt::format("{} orders, but {} events of orders", batch.orders.size(), orders));
    const std::size_t told = batch.fills.size() + batch.cycles.size() + batch.orders.size() +
                             batch.sweeps.size() + batch.allocations.size() + batch.pauses.size();
    if (batch.events.size() < told)
        complain(fmt::format("{} events of {} rows", batch.events.size(), told));
}

void Oracle::on_subscribed(std::uint64_t last) {
    if (last != events_.size())
        complain(
            fmt::format("a life begins after event {}, the store has {}", last, events_.size()));
    told_ = last;
}

void Oracle::on_events(const std::vector<ports::EventRow>& events) {
    for (const ports::EventRow& row : events) {
        if (row.seq != told_ + 1)
            complain(fmt::format("event {} was told after event {}", row.seq, told_));
        told_ = row.seq;
        if (row.seq > events_.size()) {
            complain(fmt::format("event {} was told before it was durable", row.seq));
        } else if (events_[row.seq - 1] != event_text(row)) {
            complain(fmt::format("event {} was told as {}", row.seq, event_text(row)));
        }
    }
}

void Oracle::read_entries(const ports::Batch& batch) {
    std::set<VaultId> touched;
    for (const ports::EntryRow& row : batch.entries) {
        PlainBooks* const books = books_of(row.vault);
        if (books == nullptr) {
            complain(to_text(row.vault) + " has entries before it exists");
            continue;
        }
        ++entries_;
        mix(to_hex(row.hash));
        const std::string fault = books->add(row);
        if (!fault.empty())
            complain(fmt::format("{} entry {}: {}", to_text(row.vault), row.seq, fault));
        calls_.on_face(row.vault, books->face());
        touched.insert(row.vault);
        if (row.kind == "correction") read_correction(row);
        if (row.kind != "buy_intent" && row.kind != "sell_intent") continue;
        const auto order = parse_order_id(std::string_view{row.cause}.substr(6));
        if (order) ++orders_[order.value()].intents;
        if (!order) complain("an intent of no order: " + row.cause);
    }
    for (const VaultId vault : touched)
        if (const std::string fault = books_of(vault)->check(); !fault.empty())
            complain(to_text(vault) + ": " + fault);
}

// A correction moves the books and leaves the wallet as it is. What that leaves over or short goes
// into what later withdrawals and trades by hand are booked as.
void Oracle::read_correction(const ports::EntryRow& row) {
    ++corrections_;
    for (const auto& [asset, amount] : books_of(row.vault)->moved_in_wallet(row))
        if (!amount.is_zero()) accounts_[row.owner.account].corrected.insert(asset);
}

std::optional<ports::EntryRow> Oracle::entry(VaultId vault, std::uint64_t seq) const {
    const auto books = books_.find(vault);
    return books == books_.end() ? std::nullopt : books->second.entry(seq);
}

void Oracle::read_fills(const ports::Batch& batch) {
    for (const ports::FillRow& row : batch.fills) {
        const Fill& fill = row.fill;
        if (fill.order.number == 0) continue;  // sold by hand: the trade itself moved the wallet
        ++fills_;
        OrderTrack& order = orders_[fill.order];
        order.quantity += fill.quantity.value;
        order.cost += fill.cost;
        std::map<Asset, Decimal>& flows = accounts_[row.owner.account].flows;
        const bool buy = fill.side == Side::Buy;
        flows[row.pair.base] += buy ? fill.quantity.value : -fill.quantity.value;
        flows[row.pair.quote] += buy ? -fill.cost : fill.cost;
        flows[fill.fee_asset] -= fill.fee;
    }
}

void Oracle::read_orders(const ports::Batch& batch) {
    for (const ports::OrderRow& row : batch.orders)
        read_order(batch, row);
    for (const auto& [key, live] : live_) {
        const PlainBooks& books = *books_of(key.first);
        const std::string sleeve{to_text(key.second)};
        if (live.empty() && books.has_order_money(sleeve))
            complain(fmt::format("{}.{} has money in orders, and no live order", to_text(key.first),
                                 sleeve));
        std::set<Pair> pairs;
        for (const OrderId& id : live)
            if (!pairs.insert(orders_[id].row.pair).second)
                complain(fmt::format("{}.{} has two live orders in {}", to_text(key.first), sleeve,
                                     orders_[id].row.pair.text()));
    }
}

void Oracle::read_order(const ports::Batch& batch, const ports::OrderRow& row) {
    OrderTrack& order = orders_[row.id];
    if (!order.known) {
        new_order(batch, row);
    } else if (order.row.pair != row.pair || order.row.side != row.side ||
               order.row.decided_at != row.decided_at) {
        complain(to_text(row.id) + " became another order");
    } else if (is_terminal(order.row.state) && order.row.state != row.state) {
        complain(to_text(row.id) + " lives on after its end");
    }
    order.row = row;
    order.known = true;
    std::set<OrderId>& live = live_[{row.id.vault, row.id.sleeve}];
    if (is_terminal(row.state)) {
        live.erase(row.id);
    } else {
        live.insert(row.id);
    }
    if (order.intents != 1)
        complain(fmt::format("{} has {} intents", to_text(row.id), order.intents));
    if (order.quantity != row.filled_quantity || order.cost != row.filled_cost)
        complain(fmt::format("{} says {} filled, its fills say {}", to_text(row.id),
                             row.filled_quantity.text(), order.quantity.text()));
}

void Oracle::new_order(const ports::Batch& batch, const ports::OrderRow& row) {
    std::uint32_t& last = last_order_[{row.id.vault, row.id.sleeve}];
    if (row.id.number != last + 1)
        complain(fmt::format("{} follows order {}", to_text(row.id), last));
    last = row.id.number;
    if (row.side != Side::Buy) return;
    ++buys_;
    for (const HoldTrack& hold : holds_)
        if (batch.n > hold.after && concerns(hold.target, row.id.vault, row.id.sleeve))
            complain(to_text(row.id) + " buys while paused or halted");
    if (buys_stopped_since_ && batch.n > *buys_stopped_since_)
        complain(to_text(row.id) + " buys while the disk is full");
}

bool Oracle::concerns(const cmd::Target& target, VaultId vault, SleeveKind sleeve) const {
    switch (target.level) {
        case Level::Sleeve: return target.vault == vault && target.sleeve == sleeve;
        case Level::Vault: return target.vault == vault;
        case Level::User: {
            const auto row = vaults_.find(vault);
            if (row == vaults_.end()) return false;
            const auto name = user_names_.find(row->second.user);
            return name != user_names_.end() && name->second == target.user;
        }
        case Level::Daemon: return true;
    }
    return false;
}

void Oracle::read_replies(const ports::Batch& batch) {
    std::set<std::pair<VaultId, std::string>> corrections;
    for (const ports::EntryRow& row : batch.entries)
        if (row.kind == "correction") corrections.emplace(row.vault, row.cause);
    for (const ports::IdempotencyRow& row : batch.replies) {
        mix(row.key + row.reply_json);
        const Call* const call = calls_.on_kept(row);
        if (call == nullptr) continue;
        apply_flows(call->draft.command);
        const auto* c = std::get_if<cmd::CorrectEntry>(&call->draft.command);
        if (c != nullptr && corrections.erase({c->vault, PlainBooks::cause_of(*c)}) == 0)
            complain(
                fmt::format("call {} is done, and {} is not reversed", call->number, c->reverses));
    }
    for (const auto& [vault, cause] : corrections)
        complain(fmt::format("{} has {}, which nobody asked for", to_text(vault), cause));
}

void Oracle::apply_flows(const ports::Command& command) {
    if (const auto* c = std::get_if<cmd::PaperFunding>(&command))
        accounts_[c->account].flows[c->asset] += c->amount;
    if (const auto* c = std::get_if<cmd::CreateVault>(&command))
        accounts_[c->account].flows[c->asset] += c->balance.value_or(kZero);
    if (const auto* c = std::get_if<cmd::PaperTrade>(&command)) hand_trade(*c);
}

void Oracle::hand_trade(const cmd::PaperTrade& trade) {
    const exchange::SimSettings& venue = plan_.engine.paper;
    const bool buy = trade.side == Side::Buy;
    const Decimal quantity = trade.quantity.value;
    if (!trade.price) accounts_[trade.account].at_market.insert(trade.pair.quote);
    if (!trade.price) accounts_[trade.account].at_market.insert(trade.pair.base);
    if (!trade.price) return;
    const Decimal cost =
        mul(trade.price->value, quantity, buy ? Rounding::Up : Rounding::Down).value();
    const bool in_base = buy && venue.fee_in == exchange::FeeIn::Base;
    const Decimal fee = mul(in_base ? quantity : cost, venue.fee_rate, Rounding::Up).value();
    std::map<Asset, Decimal>& flows = accounts_[trade.account].flows;
    flows[trade.pair.base] += buy ? quantity : -quantity;
    flows[trade.pair.quote] += buy ? -cost : cost;
    flows[in_base ? trade.pair.base : trade.pair.quote] -= fee;
}

void Oracle::compare_balances(const ports::Batch& batch) {
    for (const ports::BalanceRow& row : batch.balances) {
        const PlainBooks* const books = books_of(row.vault);
        if (books != nullptr && books->sum(row.account, row.asset) != row.amount)
            complain(fmt::format("{} {}: the store says {}, the journal {}", to_text(row.vault),
                                 row.account, row.amount.text(),
                                 books->sum(row.account, row.asset).text()));
    }
}

// The venue's own wallets, from its stored state, against all that is known to have moved them and
// against the books.
void Oracle::compare_wallets(const ports::Batch& batch) {
    for (const ports::StateRow& row : batch.states) {
        if (row.kind != "vault") continue;
        const boost::json::object body = body_of(row);
        const auto& books = body.at("books").as_object();
        shortfall_[parse_vault_id(row.id).value()] =
            Decimal::parse(std::string{books.at("shortfall").as_string()}).value();
    }
    for (const ports::StateRow& row : batch.states) {
        if (row.kind != "account") continue;
        const AccountId id = parse_account_id(row.id).value();
        const auto venue =
            exchange::SimVenue::load(std::string{body_of(row).at("venue").as_string()});
        if (!venue) {
            complain(row.id + ": the venue's state cannot be read");
            continue;
        }
        for (const auto& [asset, balance] : venue.value().wallets().all())
            compare_wallet(id, asset, balance.total());
    }
}

void Oracle::compare_wallet(AccountId id, const Asset& asset, Decimal total) {
    AccountTrack& account = accounts_[id];
    if (account.at_market.erase(asset) > 0) account.flows[asset] = total;
    const auto flow = account.flows.find(asset);
    const Decimal expected = flow == account.flows.end() ? kZero : flow->second;
    if (total != expected)
        complain(fmt::format("{}: the venue has {} {}, what moved it gives {}", to_text(id),
                             total.text(), asset.text(), expected.text()));
    if (!account.explained || account.corrected.contains(asset)) return;
    Decimal books;
    bool vault_of_it = false;
    for (const auto& [vault, row] : vaults_) {
        if (row.account != id) continue;
        const PlainBooks& plain = *books_of(vault);
        books += plain.coins(asset);
        if (row.asset != asset) continue;
        vault_of_it = true;
        books += plain.wallet_cash() - shortfall_[vault];
    }
    // What no vault explains can only be more, and only of coins that no vault is made of.
    if (vault_of_it ? total != books : total < books)
        complain(fmt::format("{}: the venue has {} {}, the books {}", to_text(id), total.text(),
                             asset.text(), books.text()));
}

void Oracle::on_sent(const Call& call) {
    sent_[call.number] = ++sendings_;
    const auto* correction = std::get_if<cmd::CorrectEntry>(&call.draft.command);
    if (correction != nullptr && !call.draft.dry_run &&
        entry(correction->vault, correction->reverses))
        corrected_.insert(vaults_.at(correction->vault).account);
    const auto* resume = std::get_if<cmd::Resume>(&call.draft.command);
    if (resume == nullptr || call.draft.dry_run) return;
    resumes_.emplace_back(sendings_, resume->target);
    std::erase_if(holds_,
                  [&](const HoldTrack& hold) { return same_level(hold.target, resume->target); });
}

// A resume that was sent after the hold may have ended it before the hold was answered.
bool Oracle::resumed_since(const Call& hold, const cmd::Target& target) const {
    const auto sent = sent_.find(hold.number);
    return std::any_of(resumes_.begin(), resumes_.end(), [&](const auto& resume) {
        return resume.first > sent->second && same_level(resume.second, target);
    });
}

void Oracle::on_answer(Call& call, const Result<ports::Reply>& result, BatchNo submitted) {
    mix(fmt::format("answer {} {}", call.number,
                    result ? result.value().data_json : result.error().message()));
    calls_.on_answer(call, result);
    if (!result || call.draft.dry_run || call.must_mismatch || result.value().repeated) return;
    const auto* pause = std::get_if<cmd::Pause>(&call.draft.command);
    const auto* halt = std::get_if<cmd::Halt>(&call.draft.command);
    if (pause == nullptr && halt == nullptr) return;
    const cmd::Target& target = pause != nullptr ? pause->target : halt->target;
    if (!resumed_since(call, target))
        holds_.push_back({target, BatchNo{submitted.value + 1}, result.value().durable});
}

// A hold that was answered as not durable may be gone.
void Oracle::on_crash() {
    std::erase_if(holds_, [](const HoldTrack& hold) { return !hold.durable; });
}

// A pause or halt that was answered is in force until somebody asks for a resume.
void Oracle::check_hold(const engine::World& world, const cmd::Target& target) {
    const engine::Hold* level = &world.daemon_hold;
    if (target.level == Level::User) {
        const auto user =
            std::find_if(world.users.begin(), world.users.end(),
                         [&](const engine::User& each) { return each.row.name == target.user; });
        level = user == world.users.end() ? nullptr : &user->hold;
    } else if (target.level != Level::Daemon) {
        if (target.vault.value > world.vaults.size()) return;  // was created, and lost with it
        const engine::Vault& vault = world.vaults[target.vault.value - 1];
        level = target.level == Level::Vault ? &vault.hold : &vault.sleeve(target.sleeve).hold;
    }
    if (level != nullptr && level->kind == engine::HoldKind::None)
        complain("a hold that was answered is not in force: " + to_text(target.vault) + " " +
                 target.user);
}

// A correction may leave the books with more cash than the exchange; the next buy or refresh says
// so, and the vault waits for a person.
bool Oracle::left_short(const engine::Vault& vault) const {
    return corrected_.contains(vault.row.account) &&
           (vault.attention.starts_with("the exchange lacks") ||
            vault.attention.starts_with("the books hold"));
}

void Oracle::check_world(const engine::World& world) {
    for (const HoldTrack& hold : holds_)
        check_hold(world, hold.target);
    for (const engine::Vault& vault : world.vaults) {
        if (!vault.attention.empty() && !left_short(vault))
            complain(fmt::format("{} is quarantined: {}", to_text(vault.row.id), vault.attention));
        for (const engine::Sleeve& sleeve : vault.sleeves) {
            if (effective_hold(world, vault, sleeve) == engine::HoldKind::None) continue;
            for (const engine::Order& order : sleeve.orders)
                if (order.live() && order.request.side == Side::Buy)
                    complain(to_text(order.request.id) + " is a live buy under a hold");
        }
    }
}

void Oracle::finish(const engine::World& world, const store::MemoryStore& store) {
    check_world(world);
    if (const auto proof = store.prove(); !proof)
        complain("the store does not prove: " + proof.error().message());
    for (const engine::Vault& vault : world.vaults) {
        const PlainBooks* const books = books_of(vault.row.id);
        if (books == nullptr) {
            complain(to_text(vault.row.id) + " is in memory only");
            continue;
        }
        if (const auto sound = ledger::check_identities(vault.books); !sound)
            complain(sound.error().message());
        std::map<std::pair<std::string, Asset>, Decimal> rest = books->sums();
        std::erase_if(rest, [](const auto& line) { return line.second.is_zero(); });
        for (const ledger::Balance& line : vault.books.balances()) {
            const std::pair key{std::string{ledger::to_text(line.account)}, line.asset};
            if (rest[key] != line.amount)
                complain(fmt::format("{} {}: memory {}, journal {}", to_text(vault.row.id),
                                     key.first, line.amount.text(), rest[key].text()));
            rest.erase(key);
        }
        if (!rest.empty()) complain(to_text(vault.row.id) + ": the journal has more than memory");
        for (const engine::Sleeve& sleeve : vault.sleeves)
            if (sleeve.last_order != last_order_[{vault.row.id, sleeve.kind}])
                complain(to_text(vault.row.id) + ": an order is in memory only");
    }
    if (told_ != events_.size())
        complain(fmt::format("{} events, but only {} were told", events_.size(), told_));
    calls_.finish();
}

}  // namespace vault::simulation

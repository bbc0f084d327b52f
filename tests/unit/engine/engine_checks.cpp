#include "tests/unit/engine/engine_checks.hpp"

#include "daemon/ledger/invariants.hpp"
#include "daemon/market/pair_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::engine::test {
namespace {

using Key = std::tuple<VaultId, SleeveKind, Pair>;

std::string name_of(const Vault& vault, const Sleeve& sleeve) {
    return fmt::format("{}.{}", to_text(vault.row.id), to_text(sleeve.kind));
}

// Calls f(vault, sleeve) for all; the first complaint wins.
template <class F>
std::string each_sleeve(const World& world, F&& f) {
    for (const Vault& vault : world.vaults)
        for (const Sleeve& sleeve : vault.sleeves) {
            const std::string bad = f(vault, sleeve);
            if (!bad.empty()) return name_of(vault, sleeve) + ": " + bad;
        }
    return {};
}

const Vault& vault_of(const World& world, VaultId id) {
    return world.vaults[id.value - 1];
}

const Sleeve& sleeve_of(const World& world, const OrderId& id) {
    return vault_of(world, id.vault).sleeve(id.sleeve);
}

bool live(const Sleeve& sleeve) {
    return std::any_of(sleeve.orders.begin(), sleeve.orders.end(),
                       [](const Order& order) { return order.live(); });
}

// Our own reading of the levels: a wider one holds whatever a narrower one says.
HoldKind strongest(const World& world, const Vault& vault, const Sleeve& sleeve) {
    return std::max({world.daemon_hold.kind, world.users[vault.row.user.value - 1].hold.kind,
                     vault.hold.kind, sleeve.hold.kind});
}

std::string identities(const EngineStep& step) {
    for (const Vault& vault : step.world().vaults) {
        const auto sound = ledger::check_identities(vault.books);
        if (!sound) return sound.error().message();
    }
    return {};
}

// A transition that the ledger refuses quarantines its vault: in a life without faults none does.
std::string nothing_is_quarantined(const EngineStep& step) {
    for (const Vault& vault : step.world().vaults)
        if (!vault.attention.empty()) return vault.attention;
    return {};
}

std::string batch_is_durable(const EngineStep& step) {
    return step.desk.store_error();
}

std::string refused_changes_nothing(const EngineStep& step) {
    return step.refused && !step.rows().entries.empty() ? "a refused command booked something" : "";
}

// I10: what the exchange has is what its vaults hold, plus what no vault explains; and only the
// user's own doings on the wallet move the latter.
struct ExchangeTotals {
    std::map<std::pair<AccountId, Asset>, Decimal> unexplained;

    std::string operator()(const EngineStep& step) {
        const World& world = step.world();
        for (const Account& account : world.accounts) {
            std::map<Asset, Decimal> spare;
            for (const auto& [asset, balance] : account.venue.wallets().all())
                spare[asset] += balance.total();
            std::set<Asset> lacking;
            for (const VaultId id : account.vaults) {
                const Vault& vault = vault_of(world, id);
                spare[vault.row.asset] -= vault.books.wallet_cash() - vault.books.shortfall();
                for (const Sleeve& sleeve : vault.sleeves)
                    for (const auto& position : vault.books.sleeve(sleeve.kind).positions) {
                        spare[position.base] -= position.coins();
                        for (const PairSlot& slot : sleeve.slots)
                            if (slot.pair.base == position.base && !slot.attention.empty())
                                lacking.insert(position.base);
                    }
            }
            for (const auto& [asset, amount] : spare) {
                const std::pair key{account.row.id, asset};
                const auto [known, fresh] = unexplained.try_emplace(key, amount);
                const Decimal before = std::exchange(known->second, amount);
                if (amount.is_negative() && !lacking.contains(asset))
                    return fmt::format("{} lacks {} {}", to_text(account.row.id), (-amount).text(),
                                       asset.text());
                if (!fresh && step.kind != StepKind::Wallet && amount != before)
                    return fmt::format("{}: unexplained {} went from {} to {}",
                                       to_text(account.row.id), asset.text(), before.text(),
                                       amount.text());
            }
        }
        return {};
    }
};

// I8: nothing makes an account negative (the ledger refuses it); where facts leave a vault short it
// buys nothing until that is paid.
std::string i8(const EngineStep& step) {
    return each_new_order(step,
                          [](const Vault& vault, const Sleeve&, const ports::OrderRow& row,
                             const Order&) -> std::string {
                              if (row.side != Side::Buy) return {};
                              if (vault.books.underfunded()) return "a buy of an underfunded vault";
                              if (!vault.attention.empty()) return "a buy of a quarantined vault";
                              return {};
                          });
}

// I17, rule 4: the lock of a buy comes from the sleeve's own cash.
struct OwnMoney {
    std::map<std::pair<VaultId, SleeveKind>, Decimal> free;

    std::string operator()(const EngineStep& step) {
        const std::string bad = each_new_order(
            step,
            [&](const Vault& vault, const Sleeve& sleeve, const ports::OrderRow& row,
                const Order& order) -> std::string {
                if (row.side != Side::Buy || order.filled.is_positive() || !order.live()) return {};
                const Decimal now = vault.books.free_cash(sleeve.kind);
                const ledger::SleeveBooks& books = vault.books.sleeve(sleeve.kind);
                if (order.lock_left > order.request.spend_base) return "locks more than it had";
                // Other pairs of the sleeve may have fills in this very step.
                if (sleeve.slots.size() == 1 && now + books.locked != order.request.spend_base)
                    return "money of others in its lock";
                return {};
            });
        return bad;
    }
};

// I18, I21, I22: a sweep happens in the transaction that leaves the sleeve flat and without order,
// and leaves flash no profit to sweep; a request is paid or lapses then.
struct Closes {
    std::set<std::pair<VaultId, SleeveKind>> busy;

    std::string operator()(const EngineStep& step) {
        for (const ports::SweepRow& row : step.rows().sweeps) {
            if (row.kind != "flash_sweep" || row.sleeve != SleeveKind::Flash) return "who swept?";
            if (!row.amount.is_positive()) return "a sweep of nothing";
            for (const Order& order : vault_of(step.world(), row.vault).sleeve(row.sleeve).orders)
                if (order.live() && order.request.decided_at < row.at)
                    return "swept while " + to_text(order.request.id) + " is live";
        }
        return each_sleeve(step.world(),
                           [&](const Vault& vault, const Sleeve& sleeve) -> std::string {
                               const std::pair key{vault.row.id, sleeve.kind};
                               const bool idle = vault.books.flat(sleeve.kind) && !live(sleeve);
                               const bool closed = idle && busy.erase(key) > 0;
                               if (!idle) busy.insert(key);
                               if (!closed) return {};
                               const ledger::SleeveBooks& books = vault.books.sleeve(sleeve.kind);
                               if (!books.unallocate_requested.is_zero())
                                   return "a request outlives the close";
                               if (sleeve.kind == SleeveKind::Quiet) return {};
                               const Decimal profit = vault.books.balance(sleeve.kind) -
                                                      max(books.principal, kZero) - books.fee_float;
                               return min(profit, books.cash).is_positive()
                                          ? "flash keeps a profit of " + profit.text()
                                          : "";
                           });
    }
};

// I20: quiet's profit never goes back on its own.
std::string quiet_keeps(const EngineStep& step) {
    return each_sleeve(step.world(), [](const Vault& vault, const Sleeve& sleeve) -> std::string {
        const bool swept = vault.books.sleeve(sleeve.kind).swept.is_positive();
        return sleeve.kind == SleeveKind::Quiet && swept ? "quiet was swept" : "";
    });
}

// I25: what was allocated while the sleeve was busy joins at its next buy, all of it, once.
struct NewestAllocation {
    std::map<std::pair<VaultId, SleeveKind>, Decimal> pending;

    std::string operator()(const EngineStep& step) {
        return each_sleeve(
            step.world(), [&](const Vault& vault, const Sleeve& sleeve) -> std::string {
                const Decimal now = vault.books.sleeve(sleeve.kind).pending;
                const Decimal before = std::exchange(pending[{vault.row.id, sleeve.kind}], now);
                const std::string locked = fmt::format("\"{}.locked\"", to_text(sleeve.kind));
                for (const ports::EntryRow& row : step.rows().entries)
                    if (row.vault == vault.row.id && row.kind == "buy_intent" &&
                        row.postings_json.find(locked) != std::string::npos && !now.is_zero())
                        return "a buy left " + now.text() + " pending";
                if (step.kind == StepKind::Tick && now > before) return "pending grew by itself";
                if (step.kind == StepKind::Tick && now < before && now.is_positive() &&
                    !vault.books.underfunded())
                    return "a part of pending joined";
                return {};
            });
    }
};

// I26, I42, I35: what orders lock and hold is what the books say, and the exchange has exactly the
// orders that the engine wrote down.
std::string orders_and_money(const EngineStep& step) {
    const std::string bad =
        each_sleeve(step.world(), [](const Vault& vault, const Sleeve& sleeve) -> std::string {
            Decimal locked;
            std::map<Asset, Decimal> held;
            std::set<Pair> busy;
            for (const Order& order : sleeve.orders) {
                if (!order.live() && !(order.lock_left + order.hold_left).is_zero())
                    return "an order that ended keeps money";
                if (!order.live()) continue;
                if (!busy.insert(order.request.pair).second) return "two orders in one pair";
                locked += order.lock_left;
                held[order.request.pair.base] += order.hold_left;
            }
            const ledger::SleeveBooks& books = vault.books.sleeve(sleeve.kind);
            if (books.locked != locked)
                return fmt::format("locked {}, its orders {}", books.locked.text(), locked.text());
            for (const ledger::Position& position : books.positions)
                if (position.held != held[position.base])
                    return fmt::format("held {}, its orders {}", position.held.text(),
                                       held[position.base].text());
            return {};
        });
    if (!bad.empty()) return bad;
    for (const Account& account : step.world().accounts) {
        std::set<OrderId> ours;
        for (const VaultId id : account.vaults)
            for (const Sleeve& sleeve : vault_of(step.world(), id).sleeves)
                for (const Order& order : sleeve.orders)
                    if (order.live()) ours.insert(order.request.id);
        const std::vector<OrderId> theirs = account.venue.live_orders();
        if (ours != std::set<OrderId>{theirs.begin(), theirs.end()} || ours.size() != theirs.size())
            return fmt::format("{}: {} orders are live here, {} there", to_text(account.row.id),
                               ours.size(), theirs.size());
    }
    return {};
}

// I36, I38, I40: ids are dense, no order fills above what it asked for, no trade is booked twice.
struct OrderIds {
    std::map<std::pair<VaultId, SleeveKind>, std::uint32_t> last;
    std::set<std::pair<AccountId, std::string>> trades;

    std::string operator()(const EngineStep& step) {
        for (const ports::FillRow& row : step.rows().fills)
            if (!trades.emplace(row.owner.account, row.fill.trade_id).second)
                return "trade " + row.fill.trade_id + " was booked twice";
        for (const ports::OrderRow& row : step.rows().orders) {
            if (row.side == Side::Sell && row.filled_quantity > row.requested)
                return to_text(row.id) + " sold more than it asked for";
            const Account& account = step.world().accounts[row.owner.account.value - 1];
            const bool on_top = account.venue.settings().fee_in == exchange::FeeIn::Quote;
            const Decimal spent = row.filled_cost + (on_top ? row.fee : kZero);
            if (row.side == Side::Buy && spent > row.requested)
                return to_text(row.id) + " spent more than it asked for";
        }
        return each_sleeve(step.world(),
                           [&](const Vault& vault, const Sleeve& sleeve) -> std::string {
                               std::uint32_t& known = last[{vault.row.id, sleeve.kind}];
                               std::uint32_t fresh = 0;
                               for (const ports::OrderRow& row : step.rows().orders)
                                   fresh += row.id.vault == vault.row.id &&
                                            row.id.sleeve == sleeve.kind && row.id.number > known;
                               if (sleeve.last_order != known + fresh)
                                   return "order numbers are not dense";
                               if (fresh > 0 && step.kind != StepKind::Tick)
                                   return "an order without a price";
                               known = sleeve.last_order;
                               return {};
                           });
    }
};

// I28: orders fit the pair's steps and minima; what cannot be sold waits without a loop.
struct Minima {
    std::map<std::tuple<VaultId, SleeveKind, Pair, std::string>,
             std::pair<std::string, std::string>>
        decided;

    std::string operator()(const EngineStep& step) {
        for (const ports::FillRow& row : step.rows().fills) {
            const PairRules& rules =
                *step.world().rules_of(step.world().accounts.front(), row.pair);
            const Decimal q = row.fill.quantity.value;
            const bool ours = row.fill.order.number > 0;
            if (ours && market::floor_lot(q, rules.lot).value != q) return "a fill off the lot";
            if (ours && market::tick_up(row.fill.price.value, rules.tick) != row.fill.price)
                return "a fill off the tick";
        }
        // A pair that is taken away forgets its decisions.
        if (step.kind == StepKind::Command)
            std::erase_if(decided, [&](const auto& each) {
                const auto& [vault, sleeve, pair, check] = each.first;
                const auto& pairs = vault_of(step.world(), vault).pairs;
                return std::find(pairs.begin(), pairs.end(), pair) == pairs.end();
            });
        for (const ports::DecisionRow& row : step.rows().decisions) {
            auto& known = decided[{row.vault, row.sleeve, row.pair, row.check}];
            const std::pair now{row.action, row.reason};
            if (row.order_number == 0 && known == now)
                return fmt::format("{} {} was stored twice in a row", row.action, row.reason);
            known = now;
        }
        return each_new_order(
            step,
            [&](const Vault& vault, const Sleeve& sleeve, const ports::OrderRow& row,
                const Order& order) -> std::string {
                const PairMarket* market = step.world().pair_market(
                    step.world().accounts[vault.row.account.value - 1], row.pair);
                const Price price = market->last->price;
                if (row.side == Side::Buy)
                    return market::entry_too_small(market->rules, sleeve.params->spend,
                                                   order.request.spend_base, price)
                               ? "a buy too small to exit"
                               : "";
                const Quantity q = order.request.quantity;
                if (market::floor_lot(q.value, market->rules.lot) != q) return "a sell off the lot";
                return market::below_minimum(market->rules, price, q) ? "a sell below the minimum"
                                                                      : "";
            });
    }
};

// I29, I30, rule 8: a pause holds buys, a halt everything, a wider level whatever a narrower says.
std::string holds(const EngineStep& step) {
    const std::string bad =
        each_new_order(step,
                       [&](const Vault& vault, const Sleeve& sleeve, const ports::OrderRow& row,
                           const Order&) -> std::string {
                           const HoldKind held = strongest(step.world(), vault, sleeve);
                           if (row.side == Side::Buy && held != HoldKind::None)
                               return fmt::format("a buy while {}", to_text(held));
                           if (row.side == Side::Sell && held == HoldKind::Halted)
                               return "a sell while halted";
                           return {};
                       });
    if (!bad.empty()) return bad;
    return each_sleeve(step.world(), [&](const Vault& vault, const Sleeve& sleeve) -> std::string {
        const HoldKind held = strongest(step.world(), vault, sleeve);
        for (const Order& order : sleeve.orders) {
            if (!order.live()) continue;
            if (held != HoldKind::None && order.request.side == Side::Buy)
                return "a live buy under a hold";
            if (held == HoldKind::Halted) return "a live order while halted";
        }
        const bool done = vault.books.flat(sleeve.kind) && !live(sleeve);
        if (done && sleeve.hold.kind == HoldKind::Liquidating)
            return "liquidated, but the sleeve does not end halted";
        const Sleeve& other = vault.sleeves[1 - index_of(sleeve.kind)];
        if (done && vault.books.flat(other.kind) && !live(other) &&
            vault.hold.kind == HoldKind::Liquidating)
            return "liquidated, but the vault does not end halted";
        return {};
    });
}

// I31: only commands and the end of a liquidation change a hold; a restart never does.
struct HoldsStay {
    std::map<std::string, HoldKind> known;

    std::string operator()(const EngineStep& step) {
        std::string bad;
        const auto look = [&](const std::string& whose, const Hold& hold) {
            const auto [at, fresh] = known.try_emplace(whose, hold.kind);
            const HoldKind before = std::exchange(at->second, hold.kind);
            const bool ended = before == HoldKind::Liquidating && hold.kind == HoldKind::Halted;
            if (!fresh && before != hold.kind && !ended && step.rows().pauses.empty() &&
                bad.empty())
                bad = fmt::format("{} went from {} to {} unasked", whose, to_text(before),
                                  to_text(hold.kind));
        };
        look("daemon", step.world().daemon_hold);
        for (const User& user : step.world().users)
            look(user.row.name, user.hold);
        for (const Vault& vault : step.world().vaults) {
            look(to_text(vault.row.id), vault.hold);
            for (const Sleeve& sleeve : vault.sleeves)
                look(name_of(vault, sleeve), sleeve.hold);
        }
        return bad;
    }
};

// A position that needs a person is left alone, and only what is there can need one.
std::string attention(const EngineStep& step) {
    const std::string bad =
        each_sleeve(step.world(), [](const Vault& vault, const Sleeve& sleeve) -> std::string {
            for (const PairSlot& slot : sleeve.slots) {
                const auto* position = vault.books.position(sleeve.kind, slot.pair.base);
                const bool there = position != nullptr && position->coins().is_positive();
                if (!slot.attention.empty() && !there) return "a note on nothing";
            }
            return {};
        });
    if (!bad.empty()) return bad;
    return each_new_order(step,
                          [](const Vault&, const Sleeve& sleeve, const ports::OrderRow& row,
                             const Order&) -> std::string {
                              for (const PairSlot& slot : sleeve.slots)
                                  if (slot.pair == row.pair && !slot.attention.empty())
                                      return "it needs a decision";
                              return {};
                          });
}

// Rule 9: a sale by hand is booked to a position only where one alone can explain it.
struct HandSales {
    std::map<std::pair<AccountId, Asset>, int> open;

    std::string operator()(const EngineStep& step) {
        for (const ports::FillRow& row : step.rows().fills) {
            const bool by_hand = row.fill.order.number == 0 && row.fill.trade_id.front() == 'T';
            if (by_hand && open[{row.owner.account, row.pair.base}] != 1)
                return fmt::format("{} was booked to one of {} positions", row.fill.trade_id,
                                   open[{row.owner.account, row.pair.base}]);
        }
        open.clear();
        for (const Vault& vault : step.world().vaults)
            for (const Sleeve& sleeve : vault.sleeves)
                for (const auto& position : vault.books.sleeve(sleeve.kind).positions)
                    if (!position.dust && position.coins().is_positive())
                        ++open[{vault.row.account, position.base}];
        return {};
    }
};

// Midnight writes one row per sleeve, once.
struct DayCloses {
    std::map<AccountId, UtcTime> now;

    std::string operator()(const EngineStep& step) {
        std::size_t expected = 0;
        for (const Account& account : step.world().accounts) {
            const UtcTime time = step.world().market_of(account).now;
            const auto known = now.try_emplace(account.row.id, kStart).first;
            const UtcTime before = std::exchange(known->second, time);
            if (floor_day(time) > floor_day(before)) expected += 2 * account.vaults.size();
        }
        if (step.rows().day_closes.size() == expected) return {};
        return fmt::format("{} day rows instead of {}", step.rows().day_closes.size(), expected);
    }
};

// Each closed cycle has one row, and its figures are the sum of its fills and of what its pair's
// dust gave by hand before it.
struct Cycles {
    std::map<Key, std::pair<Decimal, Decimal>> sums;  // realised, fees

    std::string operator()(const EngineStep& step) {
        // Dust of a pair that is taken away has no next cycle.
        if (step.kind == StepKind::Command)
            std::erase_if(sums, [&](const auto& each) {
                const auto& [vault, sleeve, pair] = each.first;
                const auto& pairs = vault_of(step.world(), vault).pairs;
                return std::find(pairs.begin(), pairs.end(), pair) == pairs.end();
            });
        for (const ports::FillRow& row : step.rows().fills) {
            auto& [realised, fees] = sums[{row.fill.order.vault, row.fill.order.sleeve, row.pair}];
            realised += row.realised;
        }
        for (const ports::CycleRow& row : step.rows().cycles) {
            auto& [realised, fees] = sums[{row.vault, row.sleeve, row.pair}];
            const Decimal sum = std::exchange(realised, kZero);
            if (row.realised != sum)
                return fmt::format("cycle {} of {} realised {}, its fills {}", row.number,
                                   to_text(row.vault), row.realised.text(), sum.text());
        }
        return {};
    }
};

// What a pair's status forbids does not happen, and its price stands still where it makes none. No
// price is believed that is not near the one before it or the one that was refused.
struct PairStatuses {
    std::map<std::pair<AccountId, Pair>, std::pair<Decimal, Decimal>> known;  // last, refused

    static bool near(Decimal a, Decimal b) { return a <= b + b && b <= a + a; }

    std::string prices(const Account& account, const PairMarket& at) {
        if (!at.last) return {};
        const Decimal now = at.last->price.value;
        const auto [place, fresh] = known.try_emplace({account.row.id, at.rules.pair}, now, kZero);
        const auto [last, refused] = place->second;
        place->second = {now, at.past.refused ? at.past.refused->price.value : kZero};
        if (!now.is_positive()) return "a price of " + now.text();
        if (fresh || now == last) return {};
        if (!makes_prices(at.rules.status)) return "a price of a pair that makes none";
        return near(now, last) || near(now, refused) ? "" : "a jump to " + now.text();
    }

    std::string operator()(const EngineStep& step) {
        for (const Account& account : step.world().accounts)
            for (const auto& [pair, at] : step.world().market_of(account).pairs)
                if (const std::string bad = prices(account, at); !bad.empty())
                    return pair.text() + ": " + bad;
        const std::string bad =
            each_sleeve(step.world(), [&](const Vault&, const Sleeve& sleeve) -> std::string {
                for (const Order& order : sleeve.orders) {
                    const PairStatus status =
                        step.world().catalogues.at("paper").pairs.at(order.request.pair).status;
                    const bool waits = order.request.side == Side::Sell && makes_prices(status);
                    if (order.live() && !takes_orders(status, order.request.side) && !waits)
                        return "a live order in a pair that is " + std::string{to_text(status)};
                }
                return {};
            });
        if (!bad.empty()) return bad;
        for (const ports::FillRow& row : step.rows().fills)
            if (row.fill.order.number != 0 &&
                !matches_orders(step.world().catalogues.at("paper").pairs.at(row.pair).status))
                return row.fill.trade_id + " in a pair that matches none";
        return each_new_order(
            step,
            [&](const Vault&, const Sleeve&, const ports::OrderRow& row,
                const Order&) -> std::string {
                const auto& rules = step.world().catalogues.at("paper").pairs.at(row.pair);
                return takes_orders(rules.status, row.side) ? "" : "the pair takes none";
            });
    }
};

}  // namespace

std::string each_new_order(const EngineStep& step, const NewOrder& f) {
    if (step.kind != StepKind::Tick) return {};
    for (const ports::OrderRow& row : step.rows().orders) {
        // A cap that trips on one account's price ends the buys of others, whose time stands still.
        if (row.owner.account != step.account) continue;
        const Sleeve& sleeve = sleeve_of(step.world(), row.id);
        const auto found =
            std::find_if(sleeve.orders.begin(), sleeve.orders.end(),
                         [&](const Order& order) { return order.request.id == row.id; });
        const Market& market =
            step.world().markets[step.world().accounts[row.owner.account.value - 1].market];
        if (found == sleeve.orders.end() || row.decided_at != market.now) continue;
        const std::string bad = f(vault_of(step.world(), row.id.vault), sleeve, row, *found);
        if (!bad.empty()) return to_text(row.id) + ": " + bad;
    }
    return {};
}

std::vector<NamedWatcher> engine_watchers() {
    std::vector<NamedWatcher> all{{"identities", identities},
                                  {"nothing_is_quarantined", nothing_is_quarantined},
                                  {"batch_is_durable", batch_is_durable},
                                  {"refused_changes_nothing", refused_changes_nothing},
                                  {"I8", i8},
                                  {"I10", ExchangeTotals{}},
                                  {"I17", OwnMoney{}},
                                  {"I18_I21_I22", Closes{}},
                                  {"I20", quiet_keeps},
                                  {"I25", NewestAllocation{}},
                                  {"I26_I35_I42", orders_and_money},
                                  {"I36_I38_I40", OrderIds{}},
                                  {"I28", Minima{}},
                                  {"I29_I30", holds},
                                  {"I31", HoldsStay{}},
                                  {"attention", attention},
                                  {"hand_sales", HandSales{}},
                                  {"pair_statuses", PairStatuses{}},
                                  {"caps", cap_watcher()},
                                  {"cap_days", cap_day_watcher()},
                                  {"day_closes", DayCloses{}},
                                  {"cycles", Cycles{}}};
    std::ranges::move(order_rule_watchers(), std::back_inserter(all));
    return all;
}

Watcher engine_watcher(std::string_view name) {
    for (NamedWatcher& each : engine_watchers())
        if (each.name == name) return each.watch;
    return [](const EngineStep&) -> std::string { return "there is no such watcher"; };
}

}  // namespace vault::engine::test

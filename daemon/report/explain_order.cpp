// An order from its decision to its end, with the entries that booked it.
#include "daemon/report/explain.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::report {

namespace {

// Everything that a transaction books; far more than any has.
constexpr std::uint32_t kMostEntries = 32;

bool is_buy(const ports::OrderRow& order) {
    return order.side == Side::Buy;
}

class OrderTeller {
  public:
    OrderTeller(ports::StoreReader& reader, OrderExplanation& out)
        : reader_(reader), out_(out), order_(out.order.order), name_(to_text(order_.id)) {}

    Result<void> tell() {
        VAULT_TRYV(find_decision());
        VAULT_TRYV(tell_intent());
        for (const ports::FillRow& fill : out_.order.fills) {
            VAULT_TRYV(tell_fill(fill));
        }
        VAULT_TRYV(tell_end());
        VAULT_TRYV(tell_sums());
        return tell_cycle();
    }

  private:
    void say(std::string sentence) { out_.why.story.push_back(std::move(sentence)); }

    Result<void> find_decision() {
        ports::RowFilter filter;
        filter.vault = order_.id.vault;
        filter.sleeve = order_.id.sleeve;
        filter.from = order_.decided_at;
        filter.to = order_.decided_at + Duration{1};
        VAULT_TRY(auto rows, reader_.decisions(filter));
        const auto row =
            std::ranges::find(rows, order_.id.number, &ports::DecisionRow::order_number);
        if (row != rows.end()) out_.decision = std::move(*row);
        return success();
    }

    // The entry, with all of its transaction; none if there is no such entry.
    Result<std::optional<ports::EntryRow>> booked(const std::string& kind,
                                                  const std::string& cause) {
        VAULT_TRY(auto entry, reader_.entry(order_.id.vault, kind, cause));
        if (entry) {
            VAULT_TRYV(keep_transaction(*entry));
        }
        return entry;
    }

    Result<void> keep_transaction(const ports::EntryRow& entry) {
        VAULT_TRY(auto rows, transaction_of(reader_, entry));
        auto& all = out_.why.entries;
        for (ports::EntryRow& row : rows)
            if (std::ranges::find(all, row.seq, &ports::EntryRow::seq) == all.end())
                all.push_back(std::move(row));
        return success();
    }

    Result<void> tell_intent() {
        const std::string_view asset =
            is_buy(order_) ? order_.pair.quote.text() : order_.pair.base.text();
        VAULT_TRY(const auto entry,
                  booked(is_buy(order_) ? "buy_intent" : "sell_intent", "order:" + name_));
        const std::string backing = entry ? fmt::format("entry {} set {} aside for it", entry->seq,
                                                        is_buy(order_) ? "the money" : "the coins")
                                          : std::string("nothing was booked for it");
        say(fmt::format("{}: {} {}, {} {} {} at {}; {}.", name_, to_text(order_.side),
                        order_.pair.text(), is_buy(order_) ? "a budget of" : "a quantity of",
                        order_.requested.text(), asset, format_utc(order_.decided_at), backing));
        return success();
    }

    Result<void> tell_fill(const ports::FillRow& row) {
        const Fill& fill = row.fill;
        VAULT_TRY(const ports::EntryRow entry, entry_of_fill(reader_, row));
        VAULT_TRYV(keep_transaction(entry));
        say(fmt::format(
            "Trade {} at {}: {} {} at {} {} each for {} {}, fee {} {}, realised {} {} "
            "(entry {}).",
            fill.trade_id, format_utc(fill.time), fill.quantity.value.text(), row.pair.base.text(),
            fill.price.value.text(), row.pair.quote.text(), fill.cost.text(), row.pair.quote.text(),
            fill.fee.text(), fill.fee_asset.text(), row.realised.text(), row.pair.quote.text(),
            entry.seq));
        return success();
    }

    Result<void> tell_end() {
        if (!order_.ended_at) {
            say(fmt::format("It is {}: not ended yet.", to_text(order_.state)));
            return success();
        }
        const std::string why =
            order_.end_reason.empty() ? "" : fmt::format(" ({})", order_.end_reason);
        VAULT_TRY(const auto entry, booked("order_end", "order:" + name_ + ":end"));
        const std::string rest =
            entry ? fmt::format("; entry {} gave back what was left of {}", entry->seq,
                                is_buy(order_) ? "the money" : "the coins")
                  : std::string("; nothing was left to give back");
        say(fmt::format("It ended {}{} at {}, {} after the decision{}.", to_text(order_.state), why,
                        format_utc(*order_.ended_at),
                        format_duration(*order_.ended_at - order_.decided_at), rest));
        return success();
    }

    Result<void> tell_sums() {
        Decimal realised;
        for (const ports::FillRow& row : out_.order.fills) {
            VAULT_TRY(realised, add(realised, row.realised));
        }
        out_.why.figures = {{"requested", order_.requested.text()},
                            {"filled_quantity", order_.filled_quantity.text()},
                            {"filled_cost", order_.filled_cost.text()},
                            {"fee", order_.fee.text()},
                            {"realised", realised.text()}};
        if (order_.filled_quantity.is_zero()) return success();
        const auto average = div(order_.filled_cost, order_.filled_quantity, Rounding::Down);
        if (average)
            out_.why.figures.emplace_back("average_price",
                                          round_places(average.value(), 8, Rounding::Down).text());
        say(fmt::format("In all {0} {1} for {2} {3}, fees worth {4} {3}, realised {5} {3}.",
                        order_.filled_quantity.text(), order_.pair.base.text(),
                        order_.filled_cost.text(), order_.pair.quote.text(), order_.fee.text(),
                        realised.text()));
        return success();
    }

    Result<void> tell_cycle() {
        if (is_buy(order_) || !order_.ended_at) return success();
        ports::RowFilter filter;
        filter.vault = order_.id.vault;
        filter.sleeve = order_.id.sleeve;
        filter.pair = order_.pair;
        filter.from = *order_.ended_at;
        filter.to = *order_.ended_at + Duration{1};
        VAULT_TRY(const auto cycles, reader_.cycles(filter));
        if (cycles.empty() || out_.order.fills.empty() ||
            cycles.back().number != out_.order.fills.back().cycle)
            return success();
        out_.closed = cycles.back();
        const ports::CycleRow& cycle = *out_.closed;
        say(fmt::format(
            "That closed cycle {0}, open since {1}: bought for {2} {6}, sold for {3} {6}, fees {4} "
            "{6}, realised {5} {6}; {7} was swept to unallocated.",
            cycle.number, format_utc(cycle.opened_at), cycle.cost.text(), cycle.proceeds.text(),
            cycle.fees.text(), cycle.realised.text(), order_.pair.quote.text(),
            cycle.swept.is_zero()
                ? std::string("nothing")
                : fmt::format("{} {}", cycle.swept.text(), order_.pair.quote.text())));
        return success();
    }

    ports::StoreReader& reader_;
    OrderExplanation& out_;
    const ports::OrderRow& order_;
    std::string name_;
};

}  // namespace

Result<std::vector<ports::EntryRow>> transaction_of(ports::StoreReader& reader,
                                                    const ports::EntryRow& entry) {
    VAULT_TRY(auto rows, reader.entries(entry.vault, entry.tx, kMostEntries));
    std::erase_if(rows, [&](const ports::EntryRow& row) { return row.tx != entry.tx; });
    return rows;
}

Result<OrderExplanation> explain_order(ports::StoreReader& reader, const OrderId& id) {
    OrderExplanation out;
    VAULT_TRY(out.order, order_story(reader, id));
    VAULT_TRYV(OrderTeller(reader, out).tell());
    std::ranges::sort(out.why.entries, {}, &ports::EntryRow::seq);
    return out;
}

}  // namespace vault::report

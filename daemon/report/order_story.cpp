#include "daemon/report/order_story.hpp"

#include "daemon/report/pages.hpp"

#include <fmt/format.h>

namespace vault::report {

namespace {

// Walks all orders of the sleeve: their numbers rise with time, but an order has no key of its own
// in the reader.
Result<std::optional<ports::OrderRow>> find_order(ports::StoreReader& reader, const OrderId& id) {
    ports::RowFilter filter;
    filter.vault = id.vault;
    filter.sleeve = id.sleeve;
    std::optional<ports::OrderRow> found;
    VAULT_TRYV(for_each_row<ports::OrderRow>(reader, &ports::StoreReader::orders, filter,
                                             [&](const ports::OrderRow& row) -> Result<void> {
                                                 if (row.id == id) found = row;
                                                 return success();
                                             }));
    return found;
}

}  // namespace

Result<OrderStory> order_story(ports::StoreReader& reader, const OrderId& id) {
    VAULT_TRY(const auto order, find_order(reader, id));
    if (!order)
        return Error(Errc::NotFound, fmt::format("there is no order {}", to_text(id)), "order",
                     "vaultctl order list shows the orders");
    OrderStory story{*order, {}};
    ports::RowFilter filter;
    filter.vault = id.vault;
    filter.sleeve = id.sleeve;
    filter.from = order->decided_at;
    VAULT_TRYV(for_each_row<ports::FillRow>(reader, &ports::StoreReader::fills, filter,
                                            [&](const ports::FillRow& row) -> Result<void> {
                                                if (row.fill.order == id)
                                                    story.fills.push_back(row);
                                                return success();
                                            }));
    std::ranges::stable_sort(story.fills, {},
                             [](const ports::FillRow& row) { return row.fill.time; });
    return story;
}

}  // namespace vault::report

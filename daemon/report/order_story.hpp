#pragma once
// One order with its fills. Read only, on the thread that owns the reader, in pages over
// the time that the order was live. Errors: StoreFailed, NotFound.
#include "daemon/ports/store_reader.hpp"

namespace vault::report {

struct OrderStory {
    ports::OrderRow order;
    std::vector<ports::FillRow> fills;  // oldest first
};

Result<OrderStory> order_story(ports::StoreReader& reader, const OrderId& id);

}  // namespace vault::report

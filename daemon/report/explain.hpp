#pragma once
// Why something happened, for a person: sentences with every figure, and the journal entries that
// prove them. What a sleeve had at a moment comes from BooksBefore, all else from stored rows, so
// that every number is one that was booked. Amounts are exact and never rounded, unless a sentence
// says so. Read only, on the thread that owns the reader. Errors: StoreFailed, NotFound.
#include "daemon/ledger/vault_books.hpp"
#include "daemon/report/order_story.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace vault::report {

// A figure's name and its text, in the order of the arithmetic.
using Figures = std::vector<std::pair<std::string, std::string>>;

struct Explanation {
    std::vector<std::string> story;
    Figures figures;
    std::vector<ports::EntryRow> entries;  // by seq
};

// All entries of the transaction that booked `entry`.
Result<std::vector<ports::EntryRow>> transaction_of(ports::StoreReader& reader,
                                                    const ports::EntryRow& entry);

// What a reason means with the figures of its decision: "net -0.016 is at or below …". Empty if the
// figures do not tell.
std::string reason_in_figures(const ports::DecisionRow& decision,
                              const std::map<std::string, std::string>& figures);
// What was decided, when and for what reason, without figures.
std::vector<std::string> decision_story(const ports::DecisionRow& decision);

struct OrderExplanation {
    OrderStory order;
    std::optional<ports::DecisionRow> decision;  // none: no longer kept
    std::optional<ports::CycleRow> closed;       // the cycle that a fill of it ended
    Explanation why;                             // without the decision's part
};
Result<OrderExplanation> explain_order(ports::StoreReader& reader, const OrderId& id);

// How a fill's realised amount comes about. `entry` is the one that booked the fill, `before` the
// books before it.
Result<ports::EntryRow> entry_of_fill(ports::StoreReader& reader, const ports::FillRow& fill);
Result<Explanation> explain_trade(const ports::FillRow& fill, const ports::EntryRow& entry,
                                  const ledger::VaultBooks& before);

// Why a sweep moved what it moved. `before` are the books before its entry.
Result<ports::EntryRow> entry_of_sweep(ports::StoreReader& reader, const ports::SweepRow& sweep);
Result<Explanation> explain_sweep(ports::StoreReader& reader, const ports::SweepRow& sweep,
                                  const ports::EntryRow& entry, const ledger::VaultBooks& before);

}  // namespace vault::report

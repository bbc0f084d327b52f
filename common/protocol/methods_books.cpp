#include "common/protocol/method_tables.hpp"

namespace vault::protocol {
namespace {

using Words = std::string_view;
using enum ParamType;

constexpr Param kVaultFlag = flag("vault", "only this vault's");
constexpr Param kSleeveFlag = flag("sleeve", "only this sleeve's", Enum).among("quiet|flash");
constexpr Param kPairFlag = flag("pair", "only this pair's", Pair);
constexpr Param kSince = flag("since", "not before this instant", Time);
constexpr Param kUntil = flag("until", "before this instant", Time);
constexpr Param kLimit = flag("limit", "at most so many, the latest", Integer).within(1, 10'000);

constexpr Param kFilters[] = {kVaultFlag, kSleeveFlag, kPairFlag, kSince, kUntil, kLimit};
constexpr Param kLedgerList[] = {kVaultWord, kSince, kUntil, kLimit};
constexpr Param kVerify[] = {maybe_word("vault", "the vault to check"),
                             flag("all", "check every vault", Bool)};
constexpr Param kExport[] = {
    kVaultWord,
    flag("from_seq", "first entry to write", Integer).within(1, INT64_MAX),
    flag("limit", "entries per call", Integer).within(1, 10'000).hidden(),
};
constexpr Param kCorrect[] = {
    kVaultWord,
    flag("reverses", "seq of the entry to reverse", Integer).within(1, INT64_MAX).need(),
    flag("reason", "kept in the new entry").need(),
};
constexpr Param kSleeveOnly[] = {kVaultWord, kSleeveWord};
constexpr Param kOrderShow[] = {word("order", "the order, such as v1.quiet.3")};
constexpr Param kDecisionShow[] = {
    word("decision", "the decision, such as v1.flash.ETH@2024-01-24T23:40:15Z")};
constexpr Param kTradeShow[] = {
    word("trade", "the trade, such as a1:T197; T197 if no other account has one")};
constexpr Param kSweepShow[] = {word("sweep", "the sweep, such as v1.flash@17")};
constexpr Param kPnl[] = {maybe_word("vault", "only this vault"),
                          flag("user", "only this user's vaults"), flag("all", "every vault", Bool),
                          flag("from", "first instant", Time),
                          flag("to", "instant after the last", Time)};

constexpr Words kLedgerListEx[] = {"vaultctl ledger list v1 --limit 20"};
constexpr Words kVerifyEx[] = {"vaultctl ledger verify v1", "vaultctl ledger verify --all"};
constexpr Words kExportEx[] = {"vaultctl ledger export v1 --out v1.jsonl"};
constexpr Words kCorrectEx[] = {"vaultctl ledger correct v1 --reverses 17 --reason 'booked twice'"};
constexpr Words kWhyEx[] = {"vaultctl decision why v1 flash"};
constexpr Words kDecisionsEx[] = {"vaultctl decision list --vault v1 --sleeve flash --limit 20"};
constexpr Words kOrdersEx[] = {"vaultctl order list --vault v1 --since 2021-04-01"};
constexpr Words kOrderShowEx[] = {"vaultctl order show v1.quiet.3"};
constexpr Words kOrderExplainEx[] = {"vaultctl order explain v1.quiet.3"};
constexpr Words kDecisionShowEx[] = {"vaultctl decision show v1.flash.ETH@2024-01-24T23:40:15Z"};
constexpr Words kDecisionExplainEx[] = {
    "vaultctl decision explain v1.flash.ETH@2024-01-24T23:40:15Z"};
constexpr Words kTradeShowEx[] = {"vaultctl trade show T197", "vaultctl trade show a1:T197"};
constexpr Words kTradeExplainEx[] = {"vaultctl trade explain a1:T197"};
constexpr Words kSweepShowEx[] = {"vaultctl sweep show v1.flash@17"};
constexpr Words kSweepExplainEx[] = {"vaultctl sweep explain v1.flash@17"};
constexpr Words kTradesEx[] = {"vaultctl trade list --vault v1 -o csv"};
constexpr Words kSweepsEx[] = {"vaultctl sweep list --vault v1"};
constexpr Words kVaultReportEx[] = {"vaultctl report vault v1 --from 2024-01-01 --to 2025-01-01",
                                    "vaultctl report vault --all -o html --out vaults.html"};
constexpr Words kFeesEx[] = {"vaultctl report fees --user alice -o csv --out fees.csv"};
constexpr Words kSweepReportEx[] = {"vaultctl report sweeps v1 --from 2024-01-01"};
constexpr Words kPnlEx[] = {"vaultctl report pnl v1 --from 2021-01-01 --to 2022-01-01",
                            "vaultctl report pnl --all -o csv"};

constexpr Method kTable[] = {
    {.name = "ledger.list",
     .summary = "List journal entries of a vault",
     .noun = "ledger",
     .verb = "list",
     .params = kLedgerList,
     .object = Object::Ledger,
     .primary = "seq",
     .examples = kLedgerListEx},
    {.name = "ledger.verify",
     .summary = "Check chain, balances and identities of the books",
     .noun = "ledger",
     .verb = "verify",
     .params = kVerify,
     .object = Object::Ledger,
     .primary = "ok",
     .examples = kVerifyEx,
     .detail = "Exit code 0 if everything holds, 3 if something does not. The result, or "
               "each item of it, has ok."},
    {.name = "ledger.export",
     .summary = "Write the journal of a vault as JSON lines",
     .noun = "ledger",
     .verb = "export",
     .params = kExport,
     .object = Object::Ledger,
     .right = Right::Reports,
     .examples = kExportEx,
     .detail = "One entry a line and nothing else, in booked order. On the wire a call gives a "
               "page: lines, an array of text, and next_seq, null after the last page."},
    {.name = "ledger.correct",
     .summary = "Reverse an entry by a new one",
     .noun = "ledger",
     .verb = "correct",
     .params = kCorrect,
     .object = Object::Ledger,
     .right = Right::Admin,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "seq",
     .examples = kCorrectEx},
    {.name = "decision.why",
     .summary = "The last decision of a sleeve and every figure in it",
     .noun = "decision",
     .verb = "why",
     .params = kSleeveOnly,
     .object = Object::Decision,
     .primary = "reason",
     .examples = kWhyEx},
    {.name = "decision.list",
     .summary = "List decisions",
     .noun = "decision",
     .verb = "list",
     .params = kFilters,
     .object = Object::Decision,
     .primary = "id",
     .examples = kDecisionsEx},
    {.name = "decision.show",
     .summary = "Show a decision and its figures",
     .noun = "decision",
     .verb = "show",
     .params = kDecisionShow,
     .object = Object::Decision,
     .primary = "reason",
     .examples = kDecisionShowEx},
    {.name = "decision.explain",
     .summary = "Tell in sentences why it was decided so",
     .noun = "decision",
     .verb = "explain",
     .params = kDecisionShow,
     .object = Object::Decision,
     .primary = "reason",
     .examples = kDecisionExplainEx,
     .detail =
         "decision list shows the ids: vault, sleeve, base and instant. #2 behind it means the "
         "second of one instant."},
    {.name = "order.list",
     .summary = "List orders",
     .noun = "order",
     .verb = "list",
     .params = kFilters,
     .object = Object::Order,
     .primary = "id",
     .examples = kOrdersEx},
    {.name = "order.show",
     .summary = "Show an order and its fills",
     .noun = "order",
     .verb = "show",
     .params = kOrderShow,
     .object = Object::Order,
     .primary = "state",
     .examples = kOrderShowEx},
    {.name = "order.explain",
     .summary = "Tell an order from its decision to its end",
     .noun = "order",
     .verb = "explain",
     .params = kOrderShow,
     .object = Object::Order,
     .primary = "figures.realised",
     .examples = kOrderExplainEx,
     .detail =
         "The decision with the figures and limits that held then, what was locked, each fill, the "
         "end, and the journal entries that booked them."},
    {.name = "trade.list",
     .summary = "List fills",
     .noun = "trade",
     .verb = "list",
     .params = kFilters,
     .object = Object::Trade,
     .primary = "id",
     .examples = kTradesEx},
    {.name = "trade.show",
     .summary = "Show a fill",
     .noun = "trade",
     .verb = "show",
     .params = kTradeShow,
     .object = Object::Trade,
     .primary = "realised",
     .examples = kTradeShowEx,
     .detail = "An id that several accounts have needs its account in front: a1:T197."},
    {.name = "trade.explain",
     .summary = "Tell how a fill's realised amount comes about",
     .noun = "trade",
     .verb = "explain",
     .params = kTradeShow,
     .object = Object::Trade,
     .primary = "figures.realised",
     .examples = kTradeExplainEx,
     .detail = "What the coins had cost comes from the journal, read from its first entry up to "
               "this one."},
    {.name = "sweep.list",
     .summary = "List profit that went back to the vault",
     .noun = "sweep",
     .verb = "list",
     .params = kFilters,
     .object = Object::Sweep,
     .primary = "amount",
     .examples = kSweepsEx},
    {.name = "sweep.show",
     .summary = "Show a sweep",
     .noun = "sweep",
     .verb = "show",
     .params = kSweepShow,
     .object = Object::Sweep,
     .primary = "amount",
     .examples = kSweepShowEx},
    {.name = "sweep.explain",
     .summary = "Tell why a sweep moved what it moved",
     .noun = "sweep",
     .verb = "explain",
     .params = kSweepShow,
     .object = Object::Sweep,
     .primary = "figures.amount",
     .examples = kSweepExplainEx,
     .detail = "The number behind @ is the seq of the journal entry that moved the money."},
    {.name = "report.vault",
     .summary = "What moved in and out of a vault and its parts",
     .noun = "report",
     .verb = "vault",
     .params = kPnl,
     .object = Object::Report,
     .right = Right::Reports,
     .primary = "totals.closing",
     .examples = kVaultReportEx,
     .detail =
         "One row for each kind of journal entry: start and all that moved make end, in every "
         "column and to the last digit. A sleeve counts with its open position at cost."},
    {.name = "report.fees",
     .summary = "Fees per sleeve, pair and asset of the fee",
     .noun = "report",
     .verb = "fees",
     .params = kPnl,
     .object = Object::Report,
     .right = Right::Reports,
     .primary = "totals.value",
     .examples = kFeesEx,
     .detail =
         "value is in the vault's asset and missing for a fee in a third asset; rate is value "
         "by volume, cut to 6 places."},
    {.name = "report.sweeps",
     .summary = "Profit that went back to the vaults",
     .noun = "report",
     .verb = "sweeps",
     .params = kPnl,
     .object = Object::Report,
     .right = Right::Reports,
     .primary = "totals.net",
     .examples = kSweepReportEx,
     .detail = "sweep list shows each of them."},
    {.name = "report.pnl",
     .summary = "Profit and loss per vault and sleeve",
     .noun = "report",
     .verb = "pnl",
     .params = kPnl,
     .object = Object::Report,
     .right = Right::Reports,
     .primary = "totals.net",
     .examples = kPnlEx,
     .detail = "All figures are of one moment: they come from the books before --from and before "
               "--to (now if left out), so that reports whose spans meet add up. net is realised "
               "plus what unrealised changed by since unrealised_before. Inside a day open "
               "positions are valued at the last stored price before the moment; a figure whose "
               "prices are no longer stored is left out."},
};

}  // namespace

std::span<const Method> books_methods() {
    return kTable;
}

}  // namespace vault::protocol

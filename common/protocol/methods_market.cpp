#include "common/protocol/method_tables.hpp"

namespace vault::protocol {
namespace {

using Words = std::string_view;
using enum ParamType;

constexpr Param kImport[] = {
    word("file", "CSV of candles, plain or .gz").file(),
    flag("pair", "what the candles are of", Pair).need(),
    flag("interval", "length of a candle, such as 1m", Duration).need(),
};
constexpr Param kMarketPairs[] = {flag("account", "only what this account can trade"),
                                  flag("exchange", "only what it lists: paper, kraken"),
                                  flag("quote", "only pairs in this quote", Asset)};
constexpr Param kPrices[] = {maybe_word("pair", "only this pair", Pair)};
constexpr Param kCandles[] = {
    word("pair", "the pair, such as ETH/USDT", Pair),
    flag("account", "as this account saw the market").need(),
    flag("interval", "length of a candle, 1m to 30d in whole minutes (default 1h)", Duration),
    flag("from", "no candle that opens before this instant", Time),
    flag("to", "only candles that open before this instant", Time),
    flag("limit", "at most so many, the newest (default 100)", Integer).within(1, 2'000),
};
constexpr Param kStart[] = {
    word("file", "candle file, or the word synthetic").file(),
    flag("account", "the paper account that sees this market").need(),
    flag("pair", "what the candles are of", Pair),
    flag("interval", "length of a candle", Duration),
    flag("path", "prices inside a candle", Enum).among("ohlc4|close"),
    flag("seed", "of the synthetic market and the simulated venue", Integer).within(0, INT64_MAX),
    flag("speed", "virtual seconds per second, or max", Decimal).among("max").positive(),
    flag("from", "skip candles before this instant", Time),
    flag("to", "stop at this instant", Time),
    flag("days", "length of a synthetic market", Integer).within(1, 36'500),
};
constexpr Param kRun[] = {
    flag("account", "the account that replays").need(),
    flag("until", "virtual instant to run to; the end of the data if absent", Time),
};
constexpr Param kWhich[] = {flag("account", "the account that replays; all if absent")};
constexpr Param kStop[] = {flag("account", "the account that replays").need()};

constexpr Param kJobOnly[] = {word("job", "the job, such as j1")};

constexpr Words kJobListEx[] = {"vaultctl job list"};
constexpr Words kJobShowEx[] = {"vaultctl job show j1"};
constexpr Words kJobCancelEx[] = {"vaultctl job cancel j1"};
constexpr Words kImportEx[] = {
    "vaultctl market import ETHUSDT_1m.csv.gz --pair ETH/USDT --interval 1m"};
constexpr Words kPairsEx[] = {"vaultctl market pairs --quote USDT"};
constexpr Words kPricesEx[] = {"vaultctl market prices ETH/USDT"};
constexpr Words kCandlesEx[] = {
    "vaultctl market candles ETH/USDT --account a1 --limit 24",
    "vaultctl market candles ETH/USDT --account a1 --interval 1d --from 2024-01-01 -o csv"};
constexpr Words kStartEx[] = {
    "vaultctl replay start ETHUSDT_1m.csv.gz --account a1 --pair ETH/USDT --interval 1m",
    "vaultctl replay start synthetic --account a1 --pair ETH/USDT --seed 7 --days 365"};
constexpr Words kRunEx[] = {"vaultctl replay run --account a1 --until 2021-06-01 --wait"};
constexpr Words kStatusEx[] = {"vaultctl replay status"};
constexpr Words kStopEx[] = {"vaultctl replay stop --account a1"};

constexpr Method kTable[] = {
    {.name = "market.import",
     .summary = "Import candles into the history",
     .noun = "market",
     .verb = "import",
     .params = kImport,
     .object = Object::Market,
     .right = Right::Admin,
     .mutates = true,
     .primary = "candles",
     .examples = kImportEx},
    {.name = "market.pairs",
     .summary = "List pairs and their rules",
     .noun = "market",
     .verb = "pairs",
     .params = kMarketPairs,
     .object = Object::Market,
     .primary = "pair",
     .examples = kPairsEx},
    {.name = "market.prices",
     .summary = "Show the last prices",
     .noun = "market",
     .verb = "prices",
     .params = kPrices,
     .object = Object::Market,
     .primary = "price",
     .examples = kPricesEx},
    {.name = "market.candles",
     .summary = "Show candles made from the prices that an account saw",
     .noun = "market",
     .verb = "candles",
     .params = kCandles,
     .object = Object::Market,
     .primary = "close",
     .examples = kCandlesEx,
     .detail =
         "One row a candle, oldest first: when it opens (multiples of the interval since 1970, "
         "UTC), the first, highest, lowest and last of the recorded prices in it, and how many "
         "they are. One price a minute is recorded, and one an hour is kept of what is older "
         "than 30 days, unless the configuration says otherwise (engine.price_snapshot_every, "
         "store.retention.prices_*). A time without prices has no candle."},
    {.name = "replay.start",
     .summary = "Let a paper account see a recorded or synthetic market",
     .noun = "replay",
     .verb = "start",
     .params = kStart,
     .object = Object::Replay,
     .right = Right::Trade,
     .mutates = true,
     .primary = "state",
     .examples = kStartEx,
     .detail = "The replay stands at its first instant until replay run moves it. Commands in "
               "between land at that virtual instant."},
    {.name = "replay.run",
     .summary = "Run a replay up to a virtual instant",
     .noun = "replay",
     .verb = "run",
     .params = kRun,
     .object = Object::Replay,
     .right = Right::Trade,
     .mutates = true,
     .long_job = true,
     .primary = "virtual_time",
     .examples = kRunEx,
     .detail = "Answers at once; --wait follows it until the instant is reached. The result has "
               "state (ready, running, finished, stopped), virtual_time and until."},
    {.name = "replay.status",
     .summary = "Where the replays are",
     .noun = "replay",
     .verb = "status",
     .params = kWhich,
     .object = Object::Replay,
     .primary = "state",
     .examples = kStatusEx},
    {.name = "replay.stop",
     .summary = "End a replay where it is",
     .noun = "replay",
     .verb = "stop",
     .params = kStop,
     .object = Object::Replay,
     .right = Right::Trade,
     .mutates = true,
     .primary = "state",
     .examples = kStopEx},
    {.name = "job.list",
     .summary = "List the jobs that run and the last that ended",
     .noun = "job",
     .verb = "list",
     .object = Object::Job,
     .primary = "id",
     .examples = kJobListEx,
     .detail = "A job is what goes on after its call was answered: replay run, vault liquidate."},
    {.name = "job.show",
     .summary = "Show a job and how far it is",
     .noun = "job",
     .verb = "show",
     .params = kJobOnly,
     .object = Object::Job,
     .primary = "state",
     .examples = kJobShowEx},
    {.name = "job.cancel",
     .summary = "End a job before it is done",
     .noun = "job",
     .verb = "cancel",
     .params = kJobOnly,
     .object = Object::Job,
     .right = Right::Trade,
     .risk = Risk::Lowers,
     .mutates = true,
     .primary = "state",
     .examples = kJobCancelEx,
     .detail = "A replay stops where it is and can be run again. A liquidation leaves its vault "
               "halted, with what is not sold yet."},
};

}  // namespace

std::span<const Method> market_methods() {
    return kTable;
}

}  // namespace vault::protocol

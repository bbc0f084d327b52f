#include "cli/command/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>

namespace vault::command {
namespace {

using protocol::ParamType;
using protocol::Place;
using Words = std::string_view;

constexpr Param kHelp[] = {
    {.name = "noun", .doc = "a noun or a top-level command", .place = Place::Positional},
    {.name = "verb", .doc = "a verb of the noun", .place = Place::Positional}};
constexpr Param kApiCall[] = {
    {.name = "method", .doc = "a method's name", .place = Place::Positional, .required = true},
    {.name = "arguments",
     .doc = "NAME=TEXT, NAME:=JSON or NAME@FILE",
     .place = Place::Positional,
     .repeated = true}};
constexpr Param kApiErrors[] = {{.name = "code",
                                 .doc = "an error code, or an exit code; else all",
                                 .place = Place::Positional}};
// The charts of a vault's days have the same options; Total and Tradeable belong to no sleeve.
constexpr Param kChartVault = {
    .name = "vault", .doc = "the vault, such as v1", .place = Place::Positional, .required = true};
constexpr Param kChartSleeve = {
    .name = "sleeve", .type = ParamType::Enum, .doc = "only this sleeve", .allowed = "quiet|flash"};
constexpr Param kChartFrom = {.name = "from", .type = ParamType::Time, .doc = "first day"};
constexpr Param kChartTo = {.name = "to", .type = ParamType::Time, .doc = "last day"};
constexpr Param kChartSince = {.name = "since",
                               .type = ParamType::Duration,
                               .doc = "only so long before the last day, such as 30d"};
constexpr Param kChartWidth = {.name = "width",
                               .type = ParamType::Integer,
                               .doc =
                                   "columns of the drawing, 30 to 400; on a terminal no more "
                                   "than it has (default: all of them, else 80)",
                               .low = 30,
                               .high = 400};
constexpr Param kChartHeight = {.name = "height",
                                .type = ParamType::Integer,
                                .doc =
                                    "lines of the drawing, 13 to 400 (default: one less than "
                                    "the terminal has, else 23)",
                                .low = 13,
                                .high = 400};
constexpr Param kChartStyle = {.name = "style",
                               .type = ParamType::Enum,
                               .doc =
                                   "how it is drawn (default braille, and ascii where the "
                                   "locale is not UTF-8)",
                               .allowed = "braille|block|ascii"};
constexpr Param kChartAscii = {
    .name = "ascii", .type = ParamType::Bool, .doc = "the same as --style ascii"};
constexpr Param kChartOut = {.name = "out",
                             .doc =
                                 "write this file instead of stdout, whole or not at all: .svg or "
                                 ".html a picture, .csv, .json or .jsonl the series; other names "
                                 "need -o",
                             .path = true};
constexpr Param kSleeveChart[] = {kChartVault, kChartSleeve, kChartFrom,  kChartTo,    kChartSince,
                                  kChartWidth, kChartHeight, kChartStyle, kChartAscii, kChartOut};
constexpr Param kVaultChart[] = {kChartVault,  kChartFrom,  kChartTo,    kChartSince, kChartWidth,
                                 kChartHeight, kChartStyle, kChartAscii, kChartOut};
constexpr Param kPriceChart[] = {
    kChartVault,
    {.name = "pair",
     .type = ParamType::Pair,
     .doc = "whose price; needed only if the vault trades several pairs"},
    {.name = "interval",
     .type = ParamType::Duration,
     .doc = "length of a candle, 1m to 30d (default: what makes at most 1500 of the time shown)"},
    {.name = "from", .type = ParamType::Time, .doc = "no candle that opens before this instant"},
    {.name = "to", .type = ParamType::Time, .doc = "only candles that open before this instant"},
    {.name = "since",
     .type = ParamType::Duration,
     .doc = "only so long before the newest price, such as 12h"},
    kChartWidth,
    kChartHeight,
    kChartStyle,
    kChartAscii,
    kChartOut};
constexpr Param kExportLocal[] = {
    {.name = "out", .doc = "write this file instead of stdout, whole or not at all", .path = true}};

constexpr Param kTokenLocal[] = {
    {.name = "out",
     .doc = "write the token and nothing else to this file, of mode 0600, and do not show it",
     .path = true}};
constexpr Param kEscrowLocal[] = {
    {.name = "out",
     .doc = "write the copy to this file, of mode 0600, and do not show it",
     .path = true}};
constexpr Param kReportLocal[] = {
    {.name = "out",
     .doc =
         "write this file instead of stdout, whole or not at all; .html, .csv, .json, .jsonl and "
         ".txt say the format where -o does not",
     .path = true}};
constexpr Param kEventsLocal[] = {
    {.name = "follow", .type = ParamType::Bool, .doc = "go on with what happens from now on"},
    {.name = "from_seq",
     .type = ParamType::Integer,
     .doc = "with --follow: begin with this event, 1 for the first",
     .low = 0}};
// The daemon's method has no file: who checks one needs no daemon.
constexpr Param kConfigCheck[] = {{.name = "file",
                                   .doc = "check this file, without a daemon",
                                   .place = Place::Positional,
                                   .path = true}};
constexpr Param kTopLocal[] = {
    {.name = "once", .type = ParamType::Bool, .doc = "print one picture as plain text and end"},
    {.name = "interval",
     .type = ParamType::Duration,
     .doc = "how often the daemon sends a new picture (default 1s, at least 250ms)"},
    {.name = "view",
     .type = ParamType::Enum,
     .doc = "what is shown first (default vaults)",
     .allowed = "vaults|sleeves|positions|orders|alerts"}};

constexpr Param kCompletion[] = {{.name = "shell",
                                  .type = ParamType::Enum,
                                  .doc = "whose completion script",
                                  .allowed = "bash|zsh|fish",
                                  .place = Place::Positional,
                                  .required = true}};

constexpr Param kWait[] = {
    {.name = "resource",
     .doc = "v1, v1.flash, an order v1.flash.3, a job j1, the replay of a1, or daemon",
     .place = Place::Positional,
     .required = true},
    {.name = "for", .doc = "the state, or several separated by commas", .required = true}};
constexpr Param kJobWait[] = {
    {.name = "job", .doc = "the job, such as j1", .place = Place::Positional, .required = true}};
constexpr Param kBatch[] = {
    {.name = "file",
     .doc = "a command a line, without the word vaultctl; - for standard "
            "input",
     .required = true,
     .path = true,
     .letter = 'f'},
    {.name = "keep_going", .type = ParamType::Bool, .doc = "go on after a line that failed"}};

constexpr Param kScriptCheck[] = {
    {.name = "file",
     .doc = "an executable file; it sees its own folder",
     .place = Place::Positional,
     .path = true},
    {.name = "command", .doc = "or a program and its words, in quotes"},
    {.name = "folder",
     .doc = "the folder that it sees and runs in (default: the file's, else the current one)",
     .path = true},
    {.name = "candles",
     .doc = "take the ticks from this CSV file, .gz too (default: a synthetic market)",
     .path = true},
    {.name = "interval", .type = ParamType::Duration, .doc = "of the candles (default 1m)"},
    {.name = "pair", .type = ParamType::Pair, .doc = "what is traded (default ETH/USDT)"},
    {.name = "ticks",
     .type = ParamType::Integer,
     .doc = "at most so many (default: all, or a day of the synthetic market)",
     .low = 1},
    {.name = "sleeves",
     .type = ParamType::Integer,
     .doc = "so many sleeves on one process, 1 to 4096 (default 1)",
     .low = 1,
     .high = 4096},
    {.name = "cash",
     .type = ParamType::Decimal,
     .doc = "what each sleeve begins with (default 1000)"},
    {.name = "preset",
     .type = ParamType::Enum,
     .doc = "the parameters that it is shown (default flash)",
     .allowed = "flash|quiet"},
    {.name = "set", .doc = "a parameter besides, as KEY=VALUE", .repeated = true},
    {.name = "deadline",
     .type = ParamType::Duration,
     .doc = "how long a decision may take (default 1s)"},
    {.name = "compare",
     .type = ParamType::Bool,
     .doc = "count the decisions that differ from the built-in rules"},
    {.name = "weak",
     .type = ParamType::Bool,
     .doc = "run it also where the system refuses a part of its isolation"}};
constexpr Words kScriptCheckEx[] = {
    "vaultctl script check ./mine.py",
    "vaultctl script check --command 'python3 mine.py --slow' --candles eth.csv.gz --interval 1m",
    "vaultctl script check cycle.py --compare --sleeves 100 --ticks 500"};

constexpr Words kWaitEx[] = {"vaultctl wait v1.flash --for paused,halted --timeout 30s",
                             "vaultctl wait a1 --for finished"};
constexpr Words kJobWaitEx[] = {"vaultctl job wait j1 --timeout 10m"};
constexpr Words kBatchEx[] = {"vaultctl batch -f morning.txt",
                              "vaultctl batch -f morning.txt --idem-key morning-2026-01-05"};
constexpr Words kCompletionEx[] = {"vaultctl completion bash"};
constexpr Words kHelpEx[] = {"vaultctl help vault", "vaultctl help vault allocate"};
constexpr Words kApiEx[] = {"vaultctl api call vault.show vault=v1",
                            "vaultctl api call vault.pairs vault=v1 'add:=[\"ETH/USDT\"]'"};
constexpr Words kErrorsEx[] = {"vaultctl api errors", "vaultctl api errors BUSY",
                               "vaultctl api errors 75"};
constexpr Words kChartBalanceEx[] = {"vaultctl chart balance v1",
                                     "vaultctl chart balance v1 --out balance.svg",
                                     "vaultctl chart balance v1 --sleeve flash --since 90d"};
constexpr Words kChartPnlEx[] = {"vaultctl chart pnl v1", "vaultctl chart pnl v1 -o csv"};
constexpr Words kChartSweepsEx[] = {"vaultctl chart sweeps v1"};
constexpr Words kChartFeesEx[] = {"vaultctl chart fees v1 --from 2025-01-01"};
constexpr Words kChartTradeableEx[] = {"vaultctl chart tradeable v1 --width 120 --height 40"};
constexpr Words kChartPriceEx[] = {"vaultctl chart price v1",
                                   "vaultctl chart price v1 --since 2d --interval 5m",
                                   "vaultctl chart price v1 --pair ETH/USDT --out price.html"};
constexpr Words kChartPriceDetail =
    "Drawn from the prices that the vault's account saw (market candles), with the buys and sells "
    "of both sleeves where they happened. Every candle's highest and lowest price is seen, however "
    "narrow the drawing. -o json, jsonl, csv and plain print the candles instead, --quiet the "
    "newest "
    "price.";
constexpr Words kChartDetail =
    "Drawn from the day closes. -o json, jsonl, csv and plain print the series instead, --quiet "
    "the newest figure of each. No extreme is lost where a column stands for several days.";
constexpr Words kChartSumDetail =
    "What is realised, swept or paid is counted since the vault was created, also where only some "
    "days are shown. -o json, jsonl, csv and plain print the series instead, --quiet the newest "
    "figure of each. No extreme is lost where a column stands for several days.";

constexpr Method kLocal[] = {
    {.name = "help",
     .summary = "Explain a command, without a daemon",
     .noun = "",
     .verb = "help",
     .params = kHelp,
     .examples = kHelpEx},
    {.name = "completion",
     .summary = "Print the completion script of a shell",
     .noun = "",
     .verb = "completion",
     .params = kCompletion,
     .examples = kCompletionEx,
     .detail = "Packages install it. For this session alone: source <(vaultctl completion bash), "
               "or in fish vaultctl completion fish | source. Names of vaults, accounts and users "
               "are asked of the daemon, which has 150 ms to answer; the rest needs none."},
    {.name = "wait",
     .summary = "Wait until something is in a state",
     .noun = "",
     .verb = "wait",
     .params = kWait,
     .primary = "state",
     .examples = kWaitEx,
     .detail = "Exit code 0 once the state is reached; 3 if --timeout is over before, or if an "
               "order or job has ended in another state. Without --timeout it waits as long as it "
               "takes, also for a daemon that restarts meanwhile."},
    {.name = "job.wait",
     .summary = "Wait until a job ends",
     .noun = "job",
     .verb = "wait",
     .params = kJobWait,
     .primary = "state",
     .examples = kJobWaitEx,
     .detail = "Exit code 0 if the job is done, 1 if it was canceled, 3 if --timeout is over "
               "before it ended."},
    {.name = "batch",
     .summary = "Run the commands of a file, one after the other",
     .noun = "",
     .verb = "batch",
     .params = kBatch,
     .primary = "result",
     .examples = kBatchEx,
     .detail =
         "Lines are read as a shell reads them: quotes, backslashes, # comments; nothing is "
         "expanded. All lines are checked before the first is run. It stops at the first failure "
         "unless --keep-going is given. What was done stays done: exit code 6 if some lines were "
         "done and some were not. With --idem-key KEY line 3 gets the key KEY.3, so the same file "
         "can be run again after a failure and does nothing twice. --dry-run checks each line "
         "against the books as they are now, not as the lines before it would leave them."},
    {.name = "api.call",
     .summary = "Call any method by its name",
     .noun = "api",
     .verb = "call",
     .params = kApiCall,
     .examples = kApiEx,
     .detail = "NAME=TEXT passes a string, NAME:=JSON passes any JSON value, and NAME@FILE a "
               "password or code that is in a file."},
    {.name = "api.errors",
     .summary = "Error codes and exit codes, and what to do",
     .noun = "api",
     .verb = "errors",
     .params = kApiErrors,
     .primary = "errors.code",
     .examples = kErrorsEx,
     .detail = "Works without a daemon. A hint is what an error says to do if it has nothing "
               "better; a call may be repeated as it is where an error is retryable."},
    {.name = "script.check",
     .summary = "Run your own strategy against ticks, without a daemon",
     .noun = "script",
     .verb = "check",
     .params = kScriptCheck,
     .primary = "result",
     .examples = kScriptCheckEx,
     .detail = "vaultd-runner runs it as it would in earnest: with the protocol of "
               "vaultd-script(7), shut off from network, files and other processes, each sleeve "
               "on paper. What comes out: decisions and their reasons, the first orders, how long "
               "answers took, and each fault of the protocol. Exit code 3 if it has faults, or "
               "differs where --compare is given."},
    {.name = "chart.balance",
     .summary = "Draw the balances of a vault's sleeves",
     .noun = "chart",
     .verb = "balance",
     .params = kSleeveChart,
     .examples = kChartBalanceEx,
     .detail = kChartDetail},
    {.name = "chart.pnl",
     .summary = "Draw realised and unrealised profit and loss",
     .noun = "chart",
     .verb = "pnl",
     .params = kSleeveChart,
     .examples = kChartPnlEx,
     .detail = kChartSumDetail},
    {.name = "chart.sweeps",
     .summary = "Draw the profit that the sleeves have swept",
     .noun = "chart",
     .verb = "sweeps",
     .params = kSleeveChart,
     .examples = kChartSweepsEx,
     .detail = kChartSumDetail},
    {.name = "chart.fees",
     .summary = "Draw the fees that the sleeves have paid",
     .noun = "chart",
     .verb = "fees",
     .params = kSleeveChart,
     .examples = kChartFeesEx,
     .detail = kChartSumDetail},
    {.name = "chart.tradeable",
     .summary = "Draw a vault's Total and Tradeable",
     .noun = "chart",
     .verb = "tradeable",
     .params = kVaultChart,
     .examples = kChartTradeableEx,
     .detail = kChartDetail},
    {.name = "chart.price",
     .summary = "Draw the price of a vault's pair, and its trades",
     .noun = "chart",
     .verb = "price",
     .params = kPriceChart,
     .examples = kChartPriceEx,
     .detail = kChartPriceDetail},
};

constexpr std::array kGlobalFlags{
    GlobalFlag{"output", 'o', "FORMAT",
               "table (default), wide, json, jsonl, csv or plain; html for reports and charts",
               "table|wide|json|jsonl|csv|plain"},
    GlobalFlag{"json", '\0', "", "the same as -o json"},
    GlobalFlag{"quiet", 'q', "", "print only the primary value"},
    GlobalFlag{"yes", 'y', "", "do not ask for confirmation"},
    GlobalFlag{"dry-run", '\0', "", "check everything and change nothing"},
    GlobalFlag{"wait", '\0', "", "follow a long job until it ends"},
    GlobalFlag{"timeout", '\0', "DURATION", "for each call, such as 30s (default); 0 for none"},
    GlobalFlag{"socket", '\0', "PATH", "control socket; else VAULTCTL_SOCKET or the default", "",
               true},
    GlobalFlag{"token-file", '\0', "PATH",
               "call with the token of a robot; else VAULTCTL_TOKEN_FILE, else the session", "",
               true},
    GlobalFlag{"idem-key", '\0', "KEY", "idempotency key of a mutation; else a new one"},
    GlobalFlag{"color", '\0', "WHEN", "auto (default; heeds NO_COLOR), always or never",
               "auto|always|never"},
    GlobalFlag{"no-pager", '\0', "", "accepted; output is never paged"},
    GlobalFlag{"help", 'h', "", "explain the command"},
};

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        if (c == '_') c = '-';
    }
    return out;
}

// A secret never stands on a command line: its flag names a file.
Param file_of(const Param& secret) {
    static std::deque<std::string> texts;  // for as long as the catalogue
    Param param = secret;
    param.secret = false;
    param.required = false;
    param.path = true;
    param.name = texts.emplace_back(fmt::format("{}_file", secret.name));
    param.doc =
        texts.emplace_back(fmt::format("a file, or - for standard input, with {}{}", secret.doc,
                                       secret.required ? " (default: it is asked for)" : ""));
    return param;
}

std::span<const Param> with_files(std::span<const Param> params) {
    static std::deque<std::vector<Param>> lists;
    if (std::ranges::none_of(params, &Param::secret)) return params;
    auto& list = lists.emplace_back(params.begin(), params.end());
    for (Param& param : list)
        if (param.secret) param = file_of(param);
    return list;
}

}  // namespace

const std::vector<Method>& catalogue() {
    static const std::vector<Method> all = [] {
        std::vector<Method> rows;
        for (const Method& method : protocol::methods())
            if (!method.verb.empty()) rows.push_back(method);
        for (Method& method : rows)
            method.params =
                method.name == "config.check" ? kConfigCheck : with_files(method.params);
        rows.insert(rows.end(), std::begin(kLocal), std::end(kLocal));
        return rows;
    }();
    return all;
}

const Method* find(std::string_view noun, std::string_view verb) {
    for (const Method& method : catalogue())
        if (method.noun == noun && method.verb == verb) return &method;
    return nullptr;
}

std::vector<std::string_view> nouns() {
    std::vector<std::string_view> names;
    for (const Method& method : catalogue())
        if (!method.noun.empty() && std::ranges::find(names, method.noun) == names.end())
            names.push_back(method.noun);
    return names;
}

std::vector<std::string_view> verbs(std::string_view noun) {
    std::vector<std::string_view> names;
    for (const Method& method : catalogue())
        if (method.noun == noun) names.push_back(method.verb);
    return names;
}

bool has_page(const Method& command) {
    return command.noun == "report" || command.noun == "chart";
}

std::span<const Param> local_flags(const Method& command) {
    if (command.name == "ledger.export") return kExportLocal;
    if (command.noun == "report") return kReportLocal;
    if (command.name == "events") return kEventsLocal;
    if (command.name == "top") return kTopLocal;
    if (command.name == "token.create") return kTokenLocal;
    if (command.name == "secrets.escrow") return kEscrowLocal;
    return {};
}

bool is_local(const Method& command) {
    return protocol::find_method(command.name) == nullptr;
}

std::span<const GlobalFlag> global_flags() {
    return kGlobalFlags;
}

std::string flag_name(const Param& param) {
    std::string name(param.name);
    std::ranges::replace(name, '_', '-');
    return name;
}

std::string value_name(const Param& param) {
    if (param.type == ParamType::Enum) return std::string(param.allowed);
    if (param.type == ParamType::Map) return "KEY=VALUE";
    if (param.path && param.name.ends_with("_file")) return "FILE";
    std::string name = upper(param.name);
    if (!param.allowed.empty()) name += "|" + std::string(param.allowed);
    return name;
}

std::string command_name(const Method& method) {
    return method.noun.empty() ? std::string(method.verb)
                               : fmt::format("{} {}", method.noun, method.verb);
}

std::string synopsis(const Method& method) {
    std::string line = "vaultctl " + command_name(method);
    for (const Param& param : method.params) {
        if (param.place != Place::Positional) continue;
        std::string word = value_name(param);
        if (param.repeated || param.type == ParamType::Map) word += "...";
        line += param.required ? " " + word : " [" + word + "]";
    }
    const auto append = [&](const Param& param) {
        if (param.place != Place::Flag) return;
        std::string word = "--" + flag_name(param);
        if (param.type != ParamType::Bool) word += " " + value_name(param);
        line += param.required ? " " + word : " [" + word + "]";
        if (param.repeated) line += "...";
    };
    for (const Param& param : method.params)
        append(param);
    for (const Param& param : local_flags(method))
        append(param);
    return line;
}

}  // namespace vault::command

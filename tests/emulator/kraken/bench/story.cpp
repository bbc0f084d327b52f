#include "tests/emulator/kraken/bench/story.hpp"

#include "tests/emulator/kraken/bench/emulator_process.hpp"
#include "tests/emulator/kraken/bench/flat_message.hpp"

#include <fmt/format.h>

#include <fstream>

namespace vault::emulator_load {
namespace {

std::string key_of(std::string_view account, std::string_view id) {
    return fmt::format("{} {}", account, id);
}

std::string fill_step(std::string_view id, std::string_view quantity, std::string_view price) {
    return fmt::format("trade {} {} at {}", id, amount_of(quantity).text(),
                       amount_of(price).text());
}

// What an order has executed is told with these.
std::string plain_step(std::string_view kind, std::string_view executed) {
    const bool ended = kind == "filled" || kind == "canceled" || kind == "expired";
    if (!ended) return std::string{kind};
    return fmt::format("{} {}", kind, amount_of(executed).text());
}

std::string balance_step(std::string_view amount, std::string_view fee, std::string_view balance) {
    return fmt::format("{} - {} = {}", amount_of(amount).text(), amount_of(fee).text(),
                       amount_of(balance).text());
}

std::string trade_step(std::string_view side, std::string_view quantity, std::string_view price) {
    return fmt::format("{} {} at {}", side, amount_of(quantity).text(), amount_of(price).text());
}

void add_fill(Story& story, const std::string& account_and_pair, std::string_view quantity) {
    story.count_fill();
    story.add_fill(account_and_pair, amount_of(quantity));
}

void compare_steps(const std::string& of, const std::vector<std::string>& truth,
                   const std::vector<std::string>& told, Difference& out) {
    const std::size_t both = std::min(truth.size(), told.size());
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < both; ++i)
        wrong += truth[i] == told[i] ? 0 : 1;
    out.steps += truth.size();
    out.missing += truth.size() - both;
    out.extra += told.size() - both;
    out.wrong += wrong;
    if (truth != told && out.first.empty())
        out.first = fmt::format("{}: happened: {}; told: {}", of, fmt::join(truth, ", "),
                                fmt::join(told, ", "));
}

}  // namespace

Decimal amount_of(std::string_view text) {
    const auto amount = Decimal::parse(text);
    if (!amount) give_up(fmt::format("'{}' is no amount", text));
    return amount.value();
}

Difference Story::compare(const Story& told) const {
    Difference out;
    static const std::vector<std::string> kNone;
    for (const auto& [of, steps] : steps_) {
        const auto found = told.steps_.find(of);
        compare_steps(of, steps, found == told.steps_.end() ? kNone : found->second, out);
    }
    for (const auto& [of, steps] : told.steps_)
        if (!steps_.contains(of)) compare_steps(of, kNone, steps, out);
    if (filled_ != told.filled_) {
        ++out.wrong;
        if (out.first.empty()) out.first = "the sums of the fills differ";
    }
    return out;
}

void add_execution(Story& story, const std::string& account, const Fields& row) {
    const std::string key = key_of(account, row.text("order_id"));
    const std::string_view kind = row.text("exec_type");
    if (kind != "trade") {
        story.add(key, plain_step(kind, row.text("cum_qty")));
        return;
    }
    story.add(key, fill_step(row.text("exec_id"), row.text("last_qty"), row.text("last_price")));
    add_fill(story, key_of(account, row.text("symbol")), row.text("last_qty"));
}

void add_balance(Story& story, const std::string& account, const Fields& row) {
    story.add(key_of(account, row.text("ledger_id")),
              balance_step(row.text("amount"), row.text("fee"), row.text("balance")));
}

void add_trade(Story& story, const Fields& row) {
    story.add(key_of(row.text("symbol"), row.text("trade_id")),
              trade_step(row.text("side"), row.text("qty"), row.text("price")));
}

namespace {

void add_true_order(Story& story, const FlatMessage& line, std::string_view symbol) {
    const std::string_view account = line.text("account"), kind = line.text("execution");
    const std::string key = key_of(account, line.text("order"));
    if (kind != "trade") {
        story.add(key, plain_step(kind, line.text("executed")));
        return;
    }
    const std::string_view quantity = line.text("fill.quantity");
    story.add(key, fill_step(line.text("fill.id"), quantity, line.text("fill.price")));
    add_fill(story, key_of(account, symbol), quantity);
}

}  // namespace

Story read_truth(const std::string& file, std::string_view prefix,
                 const std::map<std::string, std::string, std::less<>>& symbols) {
    Story out;
    std::ifstream in{file};
    for (std::string text; std::getline(in, text);) {
        const auto line = FlatMessage::parse(text);
        if (!line) give_up("the truth log has a line that is no JSON: " + text);
        const std::string_view kind = line->text("kind"), account = line->text("account");
        const auto pair = symbols.find(line->text("pair"));
        const auto symbol =
            pair == symbols.end() ? std::string_view{} : std::string_view{pair->second};
        const bool ours = account.starts_with(prefix);
        if (kind == "order" && ours) add_true_order(out, *line, symbol);
        if (kind == "balance" && ours && line->text("type") == "trade")
            out.add(key_of(account, line->text("id")),
                    balance_step(line->text("amount"), line->text("fee"), line->text("balance")));
        if (kind == "trade")
            out.add(key_of(symbol, line->text("id")),
                    trade_step(line->text("side"), line->text("quantity"), line->text("price")));
    }
    return out;
}

}  // namespace vault::emulator_load

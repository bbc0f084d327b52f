#pragma once
// Story: what happened to orders, balances and markets, step by step, as somebody tells it: the
// sockets, or the truth log. Both spell a step alike, with exact amounts, so that comparing two
// stories finds every message that is missing, doubled or wrong. A value; one thread.
#include "common/domain/decimal.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vault::emulator_load {

class Fields;

// "0.00100000" is "0.001".
Decimal amount_of(std::string_view text);

struct Difference {
    std::uint64_t steps = 0;  // of the truth
    std::uint64_t missing = 0, extra = 0, wrong = 0;
    std::string first;  // one of them, for a person
};

class Story {
  public:
    // `of`: "account O…", "account L…", "BTC/USD 17".
    void add(const std::string& of, std::string step) { steps_[of].push_back(std::move(step)); }
    void add_fill(const std::string& account, Decimal quantity) { filled_[account] += quantity; }
    bool knows(const std::string& of) const { return steps_.contains(of); }
    std::uint64_t fills() const { return fills_; }
    void count_fill() { ++fills_; }

    // What the sockets told, against this, the truth.
    Difference compare(const Story& told) const;

  private:
    std::unordered_map<std::string, std::vector<std::string>> steps_;
    std::map<std::string, Decimal> filled_;  // base units, by account and pair
    std::uint64_t fills_ = 0;
};

// Of the truth log: of accounts whose name begins with `prefix`, and all public trades. `symbols`:
// pair key -> symbol. A line that is none ends the program.
Story read_truth(const std::string& file, std::string_view prefix,
                 const std::map<std::string, std::string, std::less<>>& symbols);

// Rows of the channels.
void add_execution(Story& story, const std::string& account, const Fields& row);
void add_balance(Story& story, const std::string& account, const Fields& row);
void add_trade(Story& story, const Fields& row);

}  // namespace vault::emulator_load

#pragma once
// FlatMessage: a JSON document as names and texts, numbers with the digits they came with, so that
// amounts can be compared exactly. Members of inner objects are named by their path
// ("result.order_id"); each object of the list "data" is a row of its own. A value; any thread.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vault::emulator_load {

class Fields {
  public:
    void add(std::string name, std::string_view value) {
        all_.emplace_back(std::move(name), std::string{value});
    }
    // The first of that name; empty: none.
    std::string_view text(std::string_view name) const;

  private:
    std::vector<std::pair<std::string, std::string>> all_;
};

class FlatMessage {
  public:
    // Nothing: that is no JSON.
    static std::optional<FlatMessage> parse(std::string_view text);

    std::string_view text(std::string_view name) const { return head.text(name); }

    Fields head;
    std::vector<Fields> rows;
};

}  // namespace vault::emulator_load

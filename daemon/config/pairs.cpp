#include "daemon/config/pairs.hpp"

#include "daemon/config/sources.hpp"
#include "daemon/config/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace vault::config {
namespace {

using vault::literals::operator""_dec;

struct Field {
    std::string_view name;
    Decimal PairRules::*value;
    bool may_be_zero;
};
constexpr std::array<Field, 4> kFields{{{"tick", &PairRules::tick, false},
                                        {"lot", &PairRules::lot, false},
                                        {"min_cost", &PairRules::min_cost, true},
                                        {"min_quantity", &PairRules::min_quantity, true}}};
constexpr Decimal kMost = Decimal::from_int(1'000'000'000);

// A renamed pair is delisted under its old name, which need not be said.
void read_standing(PairRules& rules, const std::string& key, const YamlNode& value,
                   std::vector<YamlFault>& faults) {
    if (key == "status") {
        const auto status = parse_pair_status(value.text);
        if (status)
            rules.status = status.value();
        else
            faults.push_back(
                {value.place, fmt::format("paper.pairs[].status: {}; {}", status.error().message(),
                                          status.error().hint())});
        return;
    }
    const auto name = Pair::parse(value.text);
    if (name && name.value() != rules.pair)
        rules.renamed_to = name.value();
    else
        faults.push_back({value.place, fmt::format("paper.pairs[].renamed_to: '{}' is not another "
                                                   "pair, such as POL/USDT",
                                                   value.text.substr(0, 60))});
}

void read_field(PairRules& rules, const std::string& key, Place place, const YamlNode& value,
                std::vector<YamlFault>& faults) {
    if (key == "status" || key == "renamed_to") return read_standing(rules, key, value, faults);
    const auto* const field =
        std::find_if(kFields.begin(), kFields.end(), [&](const Field& f) { return f.name == key; });
    if (field == kFields.end()) {
        const std::vector<std::string_view> known{"pair",         "tick",   "lot",       "min_cost",
                                                  "min_quantity", "status", "renamed_to"};
        faults.push_back({place, unknown_key("paper.pairs[]." + key, key, known)});
        return;
    }
    const auto number = Decimal::parse(value.text);
    const bool fits = value.kind == YamlNode::Kind::Scalar && number.has_value() &&
                      !number.value().is_negative() && number.value() <= kMost &&
                      (field->may_be_zero || number.value().is_positive());
    if (fits) {
        rules.*(field->value) = number.value();
        return;
    }
    faults.push_back({value.place, fmt::format("paper.pairs[].{}: '{}' is not a plain decimal "
                                               "{} 0 and at most 1000000000",
                                               key, value.text.substr(0, 60),
                                               field->may_be_zero ? "from" : "above")});
}

// The pair that a list item is about; a fault if it names none.
std::optional<Pair> name_of(const YamlNode& item, std::vector<YamlFault>& faults) {
    if (item.kind != YamlNode::Kind::Map) {
        faults.push_back({item.place,
                          "paper.pairs: an item looks like {pair: ETH/USDT, "
                          "tick: 0.01, lot: 0.0001, min_cost: 5, "
                          "min_quantity: 0.0001}"});
        return std::nullopt;
    }
    const auto key = std::find(item.keys.begin(), item.keys.end(), "pair");
    if (key == item.keys.end()) {
        faults.push_back({item.place, "paper.pairs[].pair is missing, for example ETH/USDT"});
        return std::nullopt;
    }
    const YamlNode& value = item.values[static_cast<std::size_t>(key - item.keys.begin())];
    const auto pair = Pair::parse(value.text);
    if (pair) return pair.value();
    faults.push_back({value.place, fmt::format("paper.pairs[].pair: {}; {}", pair.error().message(),
                                               pair.error().hint())});
    return std::nullopt;
}

void merge_item(std::vector<PairRules>& pairs, const YamlNode& item, std::vector<Pair>& seen,
                std::vector<YamlFault>& faults) {
    const auto name = name_of(item, faults);
    if (!name) return;
    if (std::find(seen.begin(), seen.end(), *name) != seen.end()) {
        faults.push_back(
            {item.place, fmt::format("paper.pairs: {} is listed twice", name->text())});
        return;
    }
    seen.push_back(*name);
    auto place = std::find_if(pairs.begin(), pairs.end(),
                              [&](const PairRules& rules) { return rules.pair == *name; });
    const bool fresh = place == pairs.end();
    PairRules rules = fresh ? PairRules{*name, {}, {}, {}, {}} : *place;
    const std::size_t before = faults.size();
    for (std::size_t i = 0; i < item.keys.size(); ++i)
        if (item.keys[i] != "pair")
            read_field(rules, item.keys[i], item.key_places[i], item.values[i], faults);
    if (faults.size() != before) return;
    const bool says_status = std::ranges::find(item.keys, "status") != item.keys.end();
    if (rules.renamed_to && !says_status) rules.status = PairStatus::Delisted;
    if (rules.renamed_to && rules.status != PairStatus::Delisted) {
        faults.push_back({item.place, fmt::format("paper.pairs: {} was renamed, so its status is "
                                                  "delisted",
                                                  name->text())});
        return;
    }
    if (rules.tick.is_zero() || rules.lot.is_zero()) {
        faults.push_back({item.place, fmt::format("paper.pairs: {} is not built in, so it needs "
                                                  "tick and lot",
                                                  name->text())});
        return;
    }
    if (fresh)
        pairs.push_back(rules);
    else
        *place = rules;
}

}  // namespace

std::vector<PairRules> built_in_pairs() {
    struct Base {
        const char* name;
        Decimal tick, lot, min_quantity;
    };
    static constexpr std::array<Base, 3> kBases{{{"ETH", "0.01"_dec, "0.0001"_dec, "0.0001"_dec},
                                                 {"BTC", "0.01"_dec, "0.00001"_dec, "0.00001"_dec},
                                                 {"SOL", "0.01"_dec, "0.001"_dec, "0.001"_dec}}};
    std::vector<PairRules> pairs;
    for (const char* quote : {"USDT", "USD", "USDC", "EUR"})
        for (const Base& base : kBases)
            pairs.push_back({{Asset::parse(base.name).value(), Asset::parse(quote).value()},
                             base.tick,
                             base.lot,
                             "5"_dec,
                             base.min_quantity});
    const Asset btc = Asset::parse("BTC").value();
    pairs.push_back({{Asset::parse("ETH").value(), btc},
                     "0.00001"_dec,
                     "0.0001"_dec,
                     "0.0001"_dec,
                     "0.0001"_dec});
    pairs.push_back({{Asset::parse("SOL").value(), btc},
                     "0.0000001"_dec,
                     "0.001"_dec,
                     "0.0001"_dec,
                     "0.001"_dec});
    return pairs;
}

void merge_pairs(std::vector<PairRules>& pairs, const YamlNode& node,
                 std::vector<YamlFault>& faults) {
    if (node.kind == YamlNode::Kind::Empty) return;
    if (node.kind != YamlNode::Kind::List) {
        faults.push_back({node.place, "paper.pairs must be a list"});
        return;
    }
    std::vector<Pair> seen;
    for (const YamlNode& item : node.values)
        merge_item(pairs, item, seen, faults);
}

std::string to_yaml(const PairRules& rules) {
    std::string line = fmt::format("{{pair: {}", rules.pair.text());
    for (const Field& field : kFields)
        line += fmt::format(", {}: {}", field.name, (rules.*(field.value)).text());
    return line + "}";
}

std::vector<PairRules> with_live_rules(std::vector<PairRules> running,
                                       const std::vector<PairRules>& wanted) {
    for (PairRules& rules : running) {
        const auto found = std::ranges::find(wanted, rules.pair, &PairRules::pair);
        if (found == wanted.end()) continue;
        const Decimal tick = rules.tick, lot = rules.lot;
        rules = *found;
        rules.tick = tick;
        rules.lot = lot;
    }
    return running;
}

}  // namespace vault::config

#pragma once
// paper.pairs: the catalogue of the simulated exchange. What is built in is there without a file;
// the file's list changes rules of a pair by name or adds pairs. Private to the room.
#include "common/domain/market.hpp"
#include "daemon/config/yaml_tree.hpp"

#include <string>
#include <vector>

namespace vault::config {

// Majors against USD, USDT, USDC, EUR and BTC, with the steps that real exchanges use.
std::vector<PairRules> built_in_pairs();

// Changes `pairs` by the list in `node`; appends what is wrong with it to `faults`.
void merge_pairs(std::vector<PairRules>& pairs, const YamlNode& node,
                 std::vector<YamlFault>& faults);

// One built-in pair as a line of the file: "{pair: ETH/USDT, tick: 0.01, …}".
std::string to_yaml(const PairRules& rules);

}  // namespace vault::config

#pragma once
// A YAML file as a plain tree with places, so that yaml-cpp stays in one .cpp. Only mappings, lists
// and scalars are left: aliases are refused (a small file could unfold into a huge tree), as are
// duplicate keys, which yaml-cpp takes silently. Values; any thread.
#include "common/base/result.hpp"

#include <string>
#include <vector>

namespace vault::config {

struct Place {
    int line = 0;  // from 1
    int column = 0;
};

struct YamlNode {
    enum class Kind { Empty, Scalar, List, Map };
    Kind kind = Kind::Empty;
    Place place;
    std::string text;               // Scalar
    std::vector<YamlNode> values;   // List and Map
    std::vector<std::string> keys;  // Map: beside values
    std::vector<Place> key_places;
};

struct YamlFault {
    Place place;
    std::string message;
};

// The document's root, or what is wrong with it; never throws.
struct YamlDocument {
    YamlNode root;
    std::vector<YamlFault> faults;
};
YamlDocument read_yaml(const std::string& text);

}  // namespace vault::config

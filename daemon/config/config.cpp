#include "daemon/config/config.hpp"

#include "daemon/config/keys.hpp"
#include "daemon/config/pairs.hpp"
#include "daemon/config/suggest.hpp"
#include "daemon/config/yaml_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

namespace vault::config {
namespace {

constexpr std::string_view kPairs = "paper.pairs";
constexpr std::size_t kFileMax = 1024 * 1024;
constexpr std::size_t kShownFaults = 20;

// The next parts of all keys that start with `prefix` ("store." -> path, retention …).
std::vector<std::string_view> children_of(std::string_view prefix) {
    std::vector<std::string_view> names;
    const auto take = [&](std::string_view name) {
        if (!name.starts_with(prefix)) return;
        const std::string_view rest = name.substr(prefix.size());
        const std::string_view part = rest.substr(0, rest.find('.'));
        if (std::find(names.begin(), names.end(), part) == names.end()) names.push_back(part);
    };
    for (const Key& key : keys())
        take(key.name);
    take(kPairs);
    return names;
}

class Reader {
  public:
    Reader(Config& config, std::vector<YamlFault>& faults) : config_(config), faults_(faults) {}

    // `prefix` is empty or ends with a dot.
    void section(const YamlNode& node, const std::string& prefix) {
        if (node.kind == YamlNode::Kind::Empty) return;
        if (node.kind != YamlNode::Kind::Map) {
            const std::string name =
                prefix.empty() ? "the file" : prefix.substr(0, prefix.size() - 1);
            faults_.push_back({node.place, fmt::format("{} must hold keys, such as {}: …", name,
                                                       children_of(prefix).front())});
            return;
        }
        for (std::size_t i = 0; i < node.keys.size(); ++i)
            entry(prefix, node.keys[i], node.key_places[i], node.values[i]);
    }

  private:
    void entry(const std::string& prefix, const std::string& word, Place place,
               const YamlNode& value) {
        const std::string name = prefix + word;
        const bool whole = word.find('.') == std::string::npos && !word.empty();
        const Key* const key = whole ? find_key(name) : nullptr;
        if (key != nullptr) return scalar(*key, place, value);
        if (whole && name == kPairs) return merge_pairs(config_.paper.pairs, value, faults_);
        if (whole && !children_of(name + ".").empty()) return section(value, name + ".");
        faults_.push_back({place, unknown_key(name, word, children_of(prefix))});
    }

    void scalar(const Key& key, Place place, const YamlNode& value) {
        if (value.kind == YamlNode::Kind::Empty) {
            faults_.push_back(
                {place, fmt::format("{}: has no value; default {}", key.name, key.fallback)});
        } else if (value.kind != YamlNode::Kind::Scalar) {
            faults_.push_back({value.place, fmt::format("{}: must be one value", key.name)});
        } else if (const auto done = assign(config_, key, value.text); !done) {
            faults_.push_back(
                {value.place, fmt::format("{}; {}", done.error().message(), done.error().hint())});
        }
    }

    Config& config_;
    std::vector<YamlFault>& faults_;
};

// Where a dotted key stands in the file, for rules between keys; none if it is a default.
std::optional<Place> place_of(const YamlNode& root, std::string_view name) {
    const YamlNode* node = &root;
    Place place{1, 1};
    while (!name.empty() && node->kind == YamlNode::Kind::Map) {
        const std::string_view part = name.substr(0, name.find('.'));
        const auto key = std::find(node->keys.begin(), node->keys.end(), part);
        if (key == node->keys.end()) return std::nullopt;
        const auto index = static_cast<std::size_t>(key - node->keys.begin());
        place = node->key_places[index];
        node = &node->values[index];
        name.remove_prefix(std::min(name.size(), part.size() + 1));
    }
    return place;
}

Error invalid(const std::string& name, std::vector<YamlFault> faults) {
    std::stable_sort(faults.begin(), faults.end(), [](const YamlFault& a, const YamlFault& b) {
        return std::pair{a.place.line, a.place.column} < std::pair{b.place.line, b.place.column};
    });
    std::string text;
    for (std::size_t i = 0; i < std::min(faults.size(), kShownFaults); ++i)
        text += fmt::format("{}{}:{}:{}: {}", i == 0 ? "" : "\n", name, faults[i].place.line,
                            faults[i].place.column, faults[i].message);
    if (faults.size() > kShownFaults)
        text += fmt::format("\nand {} more", faults.size() - kShownFaults);
    return Error{Errc::ConfigInvalid, std::move(text), "config",
                 "config.example.yaml shows every key with its unit, default and range"};
}

}  // namespace

Config defaults() {
    Config config;
    for (const Key& key : keys())
        VAULT_CHECK(assign(config, key, key.fallback).has_value(), "a default is out of its range");
    config.paper.pairs = built_in_pairs();
    return config;
}

Result<Config> parse(const std::string& text, const std::string& name) {
    Config config = defaults();
    YamlDocument document = read_yaml(text);
    if (document.faults.empty()) {
        Reader{config, document.faults}.section(document.root, "");
        const auto together = check_together(config);
        if (document.faults.empty() && !together) {
            const Error& error = together.error();
            auto place = place_of(document.root, error.field());
            if (!place) place = place_of(document.root, error.hint());
            document.faults.push_back({place.value_or(Place{1, 1}), error.message()});
        }
    }
    if (!document.faults.empty()) return invalid(name, std::move(document.faults));
    return config;
}

Result<Config> load(const std::string& path) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "rb"),
                                                               &std::fclose};
    const auto unreadable = [&] {
        return Error{Errc::ConfigInvalid,
                     fmt::format("cannot read {}: {}", path, std::strerror(errno)), "config",
                     "give another file with --config"};
    };
    if (!file) return unreadable();
    std::string text(kFileMax + 1, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), file.get()));
    if (std::ferror(file.get()) != 0) return unreadable();
    if (text.size() > kFileMax)
        return Error{Errc::ConfigInvalid, fmt::format("{}:1:1: is larger than 1 MiB", path),
                     "config", "this is no configuration file of vaultd"};
    return parse(text, path);
}

}  // namespace vault::config

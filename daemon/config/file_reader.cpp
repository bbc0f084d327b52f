#include "daemon/config/file_reader.hpp"

#include "daemon/config/alert_targets.hpp"
#include "daemon/config/keys.hpp"
#include "daemon/config/pairs.hpp"
#include "daemon/config/sources.hpp"
#include "daemon/config/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <tuple>

namespace vault::config {
namespace {

constexpr std::size_t kFileMax = 1024 * 1024;

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
    take(kPairsKey);
    take(kTargetsKey);
    return names;
}

class Reader {
  public:
    Reader(Config& config, FileKeys& out) : config_(config), out_(out) {}

    // `prefix` is empty or ends with a dot.
    void section(const YamlNode& node, const std::string& prefix) {
        if (node.kind == YamlNode::Kind::Empty) return;
        if (node.kind != YamlNode::Kind::Map) {
            const std::string name = prefix.substr(0, prefix.empty() ? 0 : prefix.size() - 1);
            fault(node.place, name,
                  fmt::format("{} must hold keys, such as {}: …", name.empty() ? "the file" : name,
                              children_of(prefix).front()));
            return;
        }
        for (std::size_t i = 0; i < node.keys.size(); ++i)
            entry(prefix, node.keys[i], node.key_places[i], node.values[i]);
    }

  private:
    void fault(Place place, std::string_view key, std::string message) {
        out_.faults.push_back({place, std::string{key}, std::move(message)});
    }

    void entry(const std::string& prefix, const std::string& word, Place place,
               const YamlNode& value) {
        const std::string name = prefix + word;
        const bool whole = word.find('.') == std::string::npos && !word.empty();
        const Key* const key = whole ? find_key(name) : nullptr;
        if (key != nullptr) return scalar(*key, place, value);
        if (whole && name == kPairsKey) return pairs(place, value);
        if (whole && name == kTargetsKey) return targets(place, value);
        if (whole && !children_of(name + ".").empty()) return section(value, name + ".");
        fault(place, name, unknown_key(name, word, children_of(prefix)));
    }

    void pairs(Place place, const YamlNode& value) {
        std::vector<YamlFault> faults;
        merge_pairs(config_.paper.pairs, value, faults);
        for (YamlFault& found : faults)
            fault(found.place, kPairsKey, std::move(found.message));
        if (value.kind != YamlNode::Kind::Empty) out_.places.emplace(kPairsKey, place);
    }

    void targets(Place place, const YamlNode& value) {
        std::vector<YamlFault> faults;
        config_.alerts.targets = read_targets(value, faults);
        for (YamlFault& found : faults)
            fault(found.place, kTargetsKey, std::move(found.message));
        if (value.kind != YamlNode::Kind::Empty) out_.places.emplace(kTargetsKey, place);
    }

    void scalar(const Key& key, Place place, const YamlNode& value) {
        out_.places.emplace(key.name, place);
        if (value.kind == YamlNode::Kind::Empty) {
            fault(place, key.name,
                  fmt::format("{}: has no value; default {}", key.name, key.fallback));
        } else if (value.kind != YamlNode::Kind::Scalar) {
            fault(value.place, key.name, fmt::format("{}: must be one value", key.name));
        } else if (const auto done = assign(config_, key, value.text); !done) {
            fault(value.place, key.name,
                  fmt::format("{}; {}", done.error().message(), done.error().hint()));
        }
    }

    Config& config_;
    FileKeys& out_;
};

}  // namespace

FileKeys read_file_text(Config& config, const std::string& text) {
    FileKeys out;
    YamlDocument document = read_yaml(text);
    for (YamlFault& found : document.faults)
        out.faults.push_back({found.place, {}, std::move(found.message)});
    if (out.faults.empty()) Reader{config, out}.section(document.root, "");
    std::stable_sort(
        out.faults.begin(), out.faults.end(), [](const FileFault& a, const FileFault& b) {
            return std::tie(a.place.line, a.place.column) < std::tie(b.place.line, b.place.column);
        });
    return out;
}

Result<std::string> file_bytes(const std::string& path) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "rbe"),
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
    return text;
}

}  // namespace vault::config

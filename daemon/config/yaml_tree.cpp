#include "daemon/config/yaml_tree.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <string_view>

namespace vault::config {
namespace {

constexpr std::size_t kMaxDepth = 16;

Place place_of(const YAML::Mark& mark) {
    return {mark.line + 1, mark.column + 1};
}

// Builds the tree from the parser's events, so that nothing is unfolded or merged behind our back.
class Builder final : public YAML::EventHandler {
  public:
    explicit Builder(YamlDocument& out) : out_(out) {}

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
        add({YamlNode::Kind::Empty, place_of(mark), {}, {}, {}, {}});
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        fault(place_of(mark), "aliases (*name) are not supported; write the value out");
        OnNull(mark, {});
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  const std::string& value) override {
        const bool plain = tag == "?" || tag == "!" || tag.empty();
        if (!plain) fault(place_of(mark), "tags (!name) are not supported");
        const bool null = tag == "?" && (value == "~" || value == "null");
        const auto kind = null ? YamlNode::Kind::Empty : YamlNode::Kind::Scalar;
        add({kind, place_of(mark), value, {}, {}, {}});
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                         YAML::EmitterStyle::value) override {
        open(YamlNode::Kind::List, mark);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                    YAML::EmitterStyle::value) override {
        open(YamlNode::Kind::Map, mark);
    }
    void OnMapEnd() override { close(); }

  private:
    void open(YamlNode::Kind kind, const YAML::Mark& mark) {
        if (stack_.size() >= kMaxDepth) throw YAML::ParserException{mark, "nested too deep"};
        stack_.push_back({kind, place_of(mark), {}, {}, {}, {}});
    }
    void close() {
        YamlNode done = std::move(stack_.back());
        stack_.pop_back();
        add(std::move(done));
    }
    void add(YamlNode node) {
        if (stack_.empty()) {
            out_.root = std::move(node);
            return;
        }
        YamlNode& parent = stack_.back();
        const bool is_key =
            parent.kind == YamlNode::Kind::Map && parent.keys.size() == parent.values.size();
        if (is_key)
            add_key(parent, node);
        else
            parent.values.push_back(std::move(node));
    }
    void add_key(YamlNode& map, const YamlNode& key) {
        if (key.kind != YamlNode::Kind::Scalar) fault(key.place, "a key must be a plain word");
        const auto same = std::find(map.keys.begin(), map.keys.end(), key.text);
        if (same != map.keys.end()) {
            const auto index = static_cast<std::size_t>(same - map.keys.begin());
            fault(key.place, fmt::format("key '{}' is given twice, first in line {}", key.text,
                                         map.key_places[index].line));
        }
        map.keys.push_back(key.text);
        map.key_places.push_back(key.place);
    }
    void fault(Place place, std::string message) {
        out_.faults.push_back({place, std::move(message)});
    }

    YamlDocument& out_;
    std::vector<YamlNode> stack_;
};

// How many bytes the character at `at` has, or 0 if no UTF-8 character stands there. The parser
// would guess another encoding, or drop what it cannot read.
std::size_t character_size(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const unsigned first = byte(at);
    if (first < 0x80) return first == 0 ? 0 : 1;
    const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4) return 0;
    for (std::size_t i = 1; i < size; ++i)
        if ((byte(at + i) & 0xC0U) != 0x80U) return 0;
    const unsigned second = byte(at + 1);
    const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool no_character = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
    return overlong || no_character ? 0 : size;
}

std::optional<YamlFault> not_text(std::string_view text) {
    Place place{1, 1};
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t size = character_size(text, at);
        if (size == 0)
            return YamlFault{place,
                             fmt::format("byte {:02x} is not UTF-8 text; save the file as UTF-8",
                                         static_cast<unsigned char>(text[at]))};
        place = text[at] == '\n' ? Place{place.line + 1, 1} : Place{place.line, place.column + 1};
        at += size;
    }
    return std::nullopt;
}

}  // namespace

YamlDocument read_yaml(const std::string& text) {
    YamlDocument document;
    if (auto fault = not_text(text)) {
        document.faults.push_back(std::move(*fault));
        return document;
    }
    try {
        std::istringstream stream{text};
        YAML::Parser parser{stream};
        Builder builder{document};
        parser.HandleNextDocument(builder);
        YamlDocument second;
        Builder ignored{second};
        if (parser.HandleNextDocument(ignored))
            document.faults.push_back({second.root.place, "a second document is not read"});
    } catch (const YAML::Exception& error) {
        document.faults.push_back({place_of(error.mark), "YAML: " + error.msg});
    } catch (const std::exception& error) {
        document.faults.push_back({{1, 1}, fmt::format("YAML: {}", error.what())});
    }
    return document;
}

}  // namespace vault::config

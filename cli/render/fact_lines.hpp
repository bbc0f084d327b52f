#pragma once
// A page of facts about one thing: "name  text" a line each, the texts below each other, long ones
// folded; what there is none of has no line. Private to this room. Values; any thread; cannot fail.
#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vault::render {

namespace json = boost::json;

// A field as text: "" for null and for what is not there; items apart by commas.
std::string fact_of(const json::object& object, std::string_view name);
// A field that is an object, or nullptr.
const json::object* part_of(const json::object& object, std::string_view name);

class FactLines {
  public:
    void add(std::string_view name, std::string text) {
        if (!text.empty()) lines_.emplace_back(name, std::move(text));
    }
    std::string text() const;

  private:
    std::vector<std::pair<std::string_view, std::string>> lines_;
};

}  // namespace vault::render

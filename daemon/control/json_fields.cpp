#include "daemon/control/json_fields.hpp"

namespace vault::control {

void keep_where(json::array& objects, std::string_view name, std::string_view wanted) {
    json::array kept;
    for (json::value& item : objects) {
        const auto* object = item.if_object();
        const auto* field = object == nullptr ? nullptr : object->if_contains(name);
        if (field != nullptr && field->is_string() && field->get_string() == wanted)
            kept.push_back(std::move(item));
    }
    objects = std::move(kept);
}

}  // namespace vault::control

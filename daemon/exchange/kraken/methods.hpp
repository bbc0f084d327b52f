#pragma once
// What a call does and costs, by its method's name: the one table. Pure; any thread.
#include "daemon/exchange/kraken/meaning.hpp"

#include <string_view>

namespace vault::exchange::kraken {

struct Method {
    CallKind kind = CallKind::Change;
    std::uint32_t cost = 1;  // of the REST counter of its key
};

// Of the name behind /0/private/. A name in no row changes something, for all we know, and costs 1.
Method method_of(std::string_view name);

}  // namespace vault::exchange::kraken

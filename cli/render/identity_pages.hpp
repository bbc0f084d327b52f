#pragma once
// What people read of their own sign-in: who they are to the daemon, and the recovery codes of
// their second factor. Private to this room. Pure; any thread.
#include "cli/render/render.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace vault::render {

// whoami: what is known, a line each; what there is none of has no line.
std::string whoami_page(const json::object& data);
// mfa.confirm: what the codes are for, and one a line.
std::string recovery_page(const json::object& data);

}  // namespace vault::render

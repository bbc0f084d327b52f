#pragma once
// A document of `top` as a daemon sends it, for the tests of the picture: two users, four vaults, a
// pause, a position without an owner, and one live order. Tests only.
#include <boost/json/object.hpp>

namespace vault::test {

// With `vaults` more vaults of a user with a long name behind it.
boost::json::object top_document(int more = 0);
// Of a daemon without anything.
boost::json::object empty_top_document();

}  // namespace vault::test

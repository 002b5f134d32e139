#include "troupe/discovery/doctor.hpp"

#include <doctest/doctest.h>

using troupe::discovery::doctor_page;
using mark = doctor_page::mark;

TEST_CASE("doctor: facts stand in sections, and problems are repeated at the end") {
  doctor_page page;
  page.add("interfaces", mark::note, "lo  127.0.0.1/8");
  page.add("interfaces", mark::ok, "eth0  10.0.0.1/24");
  page.add("dns", mark::problem, "app.local A: there is no such name (NXDOMAIN)");
  CHECK(page.text()
        == "interfaces      lo  127.0.0.1/8\n"
           "                eth0  10.0.0.1/24\n"
           "dns           ! app.local A: there is no such name (NXDOMAIN)\n"
           "\n"
           "1 problem:\n"
           "  dns: app.local A: there is no such name (NXDOMAIN)\n");
  CHECK(page.problems() == 1);
}

TEST_CASE("doctor: a page without a problem says so") {
  doctor_page page;
  page.add("node", mark::ok, "a@10.0.0.1");
  CHECK(page.text() == "node            a@10.0.0.1\n\nNo problem found.\n");
}

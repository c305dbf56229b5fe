def test_register_lists_37(jsup, register):
    assert len(jsup("agency", "list", "--json").json) == 37

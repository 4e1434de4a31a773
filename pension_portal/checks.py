def refuse_unsafe_production():
    pass

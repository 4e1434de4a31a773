-- The tax bureau names another town than the one the person is registered in, or one nobody knows.
update judged set verdict = 'E11' where verdict = '' and town_differs and not is_refund;

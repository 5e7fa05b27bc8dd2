-- Every kind of measure over the sample data: flows, balances, conditions, nulls, and what needs rows.
subject { from = "manager", key = "manager_id", name = "name", group = "branch_id", fields = { "hire_date" } }

dataset "sales" { from = "product_sale", key = "sale_id", unknown = "ignore" }
dataset "fees" { from = "fee", key = "fee_id", unknown = "ignore" }
dataset "bills" { from = "bill_discount", key = "bill_id", date = "bought", subject = "manager_id", unknown = "ignore" }
dataset "assets" { from = "manager_asset", key = "manager_id", unknown = "ignore" }
dataset "loans" { from = "loan", key = "loan_id", date = "start", subject = "manager_id", unknown = "ignore" }
dataset "cards" { from = "product_sale", key = "sale_id", unknown = "ignore" }
dataset "daily" { from = "manager_asset", key = "manager_id", unknown = "ignore" }
dataset "all_fees" { from = "fee", date = false, subject = "manager_id", unknown = "ignore" }

-- flows
measure "sold" { of = "sales", sum = "amount" }
measure "sold_count" { of = "sales", count = true, where = "quantity > 1" }
measure "sold_previous" { of = "sales", sum = "amount", period = "year_to_date" }
measure "largest" { of = "sales", max = "amount", where = "amount > 100000.5" }
measure "smallest" { of = "sales", min = "amount", where = "product_id in ('P001', 'P002', 'P003')" }
measure "mean" { of = "sales", avg = "amount" }
measure "fee" { of = "fees", sum = "amount / 1.06", where = "currency = 'CNY' and (line = '其他' or code <> '财务顾问')" }
measure "fee_parts" { of = "fees", sum = "case when line = '表外' then amount * 0.5 else -amount end" }
measure "early" { of = "fees", sum = "amount", where = "date < date '2009-02-01' and not code is null" }
measure "ever" { of = "all_fees", sum = "coalesce(amount, 0) + 1" }
measure "margin" { of = "bills", sum = "face * (discount_rate - funding_rate) * days(bought, due)" }
measure "lent" { of = "loans", sum = "amount", where = "kind = '对公' and rate >= 5.1", period = "year_to_date" }

-- balances
measure "first" { of = "assets", sum = "total_assets", over = "first" }
measure "last" { of = "assets", sum = "total_assets", over = "last", where = "savings > 1000000" }
measure "last_seen" { of = "assets", sum = "savings", over = "last_seen" }
measure "average" { of = "assets", sum = "total_assets - savings", over = "average" }
measure "product" { of = "assets", sum = "savings", over = "sum", where = "savings <= 20000000.00" }
measure "previous" { of = "assets", sum = "savings", over = "average", period = "previous" }
measure "days_held" { of = "assets", count = "manager_id", over = "sum" }

-- what needs the rows
measure "products" { of = "cards", count_distinct = "product_id" }
measure "latest" { of = "cards", last = "amount", where = "quantity > 2" }
measure "peak" { of = "daily", sum = "savings", over = "max" }
records "cards" { of = "cards", columns = { product_id = "text", amount = "money" }, where = "quantity = 5" }

score { contribution { lines = { "sold", "fee" } } }
